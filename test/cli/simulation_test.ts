import assert from "node:assert/strict";
import { outcomeOf, type StoryOutcome } from "../../src/cli/simulation.ts";
import { type Group, hostName, vipName } from "../../src/core/vocabulary.ts";
import type { Felt } from "../../src/simulator/audience.ts";
import { rehearse, type Rehearsed, type Story } from "../../src/simulator/rehearsal.ts";
import { fakeGroup } from "../simulator/fakes.ts";

const serve = fakeGroup(["a", "b", "c"], ["u", "v", "w"]);
const quorum: Group = { ...serve, partition: "quorum" };
const a = hostName("a");
const b = hostName("b");

function played(story: Story, group: Group): StoryOutcome {
  const moments = [0, 1].map((moment) => rehearse(story, { group, attachments: null, moment }));
  return outcomeOf(story, moments, group);
}

const measures = ({ measures }: StoryOutcome) => measures.map(({ what, promised_ms }) => [what, promised_ms]);

Deno.test("every story is measured beside what the configuration promises of it, and keeps it", () => {
  const stories: [Story, Group, unknown][] = [
    [{ kind: "start" }, serve, [["answered", 475]]],
    [{ kind: "loss", hosts: [a] }, serve, [["outage", 555]]],
    [{ kind: "loss", hosts: [a, b] }, serve, [["outage", 655]]],
    [{ kind: "stop", host: a }, serve, [["outage", 75]]],
    [{ kind: "split", side: [a] }, serve, [["outage", 545], ["one holder", 150], [
      "outage after the merge",
      null,
    ]]],
    [{ kind: "loss", hosts: [a] }, quorum, [["outage", 555]]],
    [{ kind: "split", side: [a] }, quorum, [["outage", 555], ["released", 475], [
      "outage after the merge",
      null,
    ]]],
  ];
  for (const [story, group, wanted] of stories) {
    const outcome = played(story, group);
    assert.deepEqual(measures(outcome), wanted, JSON.stringify(story));
    assert.deepEqual(outcome.problems, [], JSON.stringify(story));
    assert(outcome.measures.every(({ took_ms }) => took_ms !== null), JSON.stringify(story));
    assert.equal(outcome.serves, true);
  }
});

Deno.test("after a merge the losers of overlapping VIPs may answer for a moment longer", () => {
  const outcome = played({ kind: "split", side: [a] }, fakeGroup(["a", "b", "c"], ["u", "v!", "w"]));
  assert.deepEqual(measures(outcome)[1], ["one holder", 250]);
  assert.deepEqual(outcome.problems, []);
});

Deno.test("a loss tells which VIPs move where, and what each host that is left carries", () => {
  const { hosts, moves, loads, nobody_may } = played({ kind: "loss", hosts: [b] }, serve);
  assert.deepEqual({ hosts, moves, loads, nobody_may }, {
    hosts: ["b"],
    moves: [{ vip: "v", from: "b", to: "a" }],
    loads: [{ host: "a", vips: 2 }, { host: "c", vips: 1 }],
    nobody_may: [],
  });
});

Deno.test("a VIP that no host that is left may hold is told, and is nobody's fault", () => {
  const group = { ...serve, vips: serve.vips.map((vip, at) => (at === 1 ? { ...vip, hosts: [b] } : vip)) };
  const { nobody_may, problems, measures: [outage] } = played({ kind: "loss", hosts: [b] }, group);
  assert.deepEqual({ nobody_may, problems }, { nobody_may: ["v"], problems: [] });
  assert.equal(outage?.took_ms, 0);
});

Deno.test("a group whose VIPs nobody that is left may hold has not stopped", () => {
  const group = { ...serve, vips: serve.vips.map((vip) => ({ ...vip, hosts: [b] })) };
  const { serves, nobody_may, measures: [outage] } = played({ kind: "loss", hosts: [b] }, group);
  assert.deepEqual({ serves, nobody_may }, { serves: true, nobody_may: ["u", "v", "w"] });
  assert.equal(outage?.took_ms, null);
});

Deno.test("a group that stops without a quorum is told so, without a promise or a problem", () => {
  const { serves, measures: [outage], problems } = played({ kind: "loss", hosts: [a, b] }, quorum);
  assert.deepEqual({ serves, outage, problems }, {
    serves: false,
    outage: { what: "outage", took_ms: null, promised_ms: null },
    problems: [],
  });
});

Deno.test("a quorum group that splits evenly gives everything up, and is answered again after the merge", () => {
  const group: Group = { ...fakeGroup(["a", "b", "c", "d"], ["u", "v"]), partition: "quorum" };
  const outcome = played({ kind: "split", side: [a, b] }, group);
  assert.deepEqual(measures(outcome), [["released", 475], ["answered after the merge", null]]);
  assert.deepEqual([outcome.serves, outcome.problems], [false, []]);
});

const felt = (change: Partial<Felt>): Felt => ({
  vip: vipName("u"),
  before: a,
  after: b,
  gap: 400,
  answeredAt: 400,
  sharedUntil: 0,
  releasedAt: null,
  ...change,
});

const moment = (change: Partial<Felt>, objection: string | null = null): Rehearsed => ({
  acts: [{ hosts: [], felt: [felt(change)] }],
  objection,
});

Deno.test("what takes longer than promised at any moment, does not end, or breaks a rule is a problem", () => {
  const loss: Story = { kind: "loss", hosts: [a] };
  const problems = (...moments: Rehearsed[]) => outcomeOf(loss, moments, serve).problems;
  assert.deepEqual(problems(moment({})), []);
  assert.deepEqual(problems(moment({}), moment({ gap: 600.4 })), [
    "outage: took 600ms, at most 555ms promised",
  ]);
  assert.deepEqual(problems(moment({ after: null })), ["nobody has u in the end, though somebody could"]);
  assert.match(
    problems(moment({}), moment({}, "exclusive: two holders")).join(),
    /report it: exclusive: two holders$/,
  );
});
