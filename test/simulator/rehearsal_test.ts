import assert from "node:assert/strict";
import { hostName } from "../../src/core/vocabulary.ts";
import { costOf, holdableBy, rehearse, type Scene, type Story } from "../../src/simulator/rehearsal.ts";
import { fakeGroup } from "./fakes.ts";

const a = hostName("a");
const b = hostName("b");
const c = hostName("c");
const serve: Scene = { group: fakeGroup(["a", "b", "c"], ["u", "v", "w"]), attachments: null };
const quorum: Scene = { ...serve, group: { ...serve.group, partition: "quorum" } };

const places = (scene: Scene, story: Story, act = 0) =>
  rehearse(story, { ...scene, moment: 0 }).acts[act]?.felt.map(({ vip, after }) => `${vip}=${after ?? "-"}`)
    .join(" ");

Deno.test("a story is the same to the millisecond at the same moment, and another at another", () => {
  const story: Story = { kind: "loss", hosts: [b] };
  const [one, again, other] = [0, 0, 1].map((moment) => rehearse(story, { ...serve, moment }));
  assert.deepEqual(one, again);
  assert.notDeepEqual(one, other);
});

Deno.test("when a host loses its power the others hold its VIPs after the timeout, and nothing else moves", () => {
  assert.equal(places(serve, { kind: "loss", hosts: [b] }), "u=a v=a w=c");
  for (const moment of [0, 1, 2]) {
    const { acts: [act], objection } = rehearse({ kind: "loss", hosts: [b] }, { ...serve, moment });
    const gaps = act?.felt.map(({ gap }) => gap) ?? [];
    assert.equal(objection, null);
    assert.deepEqual([gaps[0], gaps[2]], [0, 0]);
    assert((gaps[1] ?? 0) > 390 && (gaps[1] ?? 0) < 545, String(gaps));
  }
});

Deno.test("when two hosts of three lose their power one holds everything, or with a quorum nothing", () => {
  assert.equal(places(serve, { kind: "loss", hosts: [a, b] }), "u=c v=c w=c");
  assert.equal(places(quorum, { kind: "loss", hosts: [a, b] }), "u=- v=- w=-");
});

Deno.test("a clean stop is felt for milliseconds, and not at all where the handover overlaps", () => {
  const scene: Scene = { ...serve, group: fakeGroup(["a", "b", "c"], ["u", "v!", "w"]) };
  const gapOf = (host: typeof a, place: number) =>
    rehearse({ kind: "stop", host }, { ...scene, moment: 0 }).acts[0]?.felt[place]?.gap ?? NaN;
  assert(gapOf(a, 0) > 0 && gapOf(a, 0) < 75, String(gapOf(a, 0)));
  assert.equal(gapOf(b, 1), 0);
});

Deno.test("of a network that splits each part tells what its clients felt, and then both of the merge", () => {
  const story: Story = { kind: "split", side: [a] };
  const { acts } = rehearse(story, { ...serve, moment: 0 });
  assert.deepEqual(acts.map(({ hosts }) => hosts.join("")), ["a", "bc", "abc", "abc"]);
  assert.equal(places(serve, story, 0), "u=a v=a w=a");
  assert.equal(places(serve, story, 1), "u=b v=b w=c");
  assert.equal(places(serve, story, 2), places(serve, story, 3));
  assert(acts.slice(2).every(({ felt }) => felt.every(({ sharedUntil }) => (sharedUntil ?? Infinity) < 200)));
  assert.equal(places(quorum, story, 0), "u=- v=- w=-");
  assert.equal(places(quorum, story, 1), "u=b v=b w=c");
});

Deno.test("hosts are heard on the segments that they share: without any they are parts that each hold everything", () => {
  const loss: Story = { kind: "loss", hosts: [a] };
  const shared = (attachments: Scene["attachments"]) =>
    rehearse(loss, { ...serve, attachments, moment: 0 }).acts[0]?.felt.map(({ sharedUntil }) =>
      sharedUntil === 0
    );
  assert.deepEqual(shared(new Map([[a, [0, 1]], [b, [0]], [c, [0, 1]]])), [true, true, true]);
  assert.deepEqual(shared(new Map([[a, [0]], [b, [0]], [c, [1]]])), [false, false, false]);
});

Deno.test("holdableBy() knows who may hold what, and that it takes a majority", () => {
  const [u, v, w] = serve.group.vips;
  assert(u && v && w);
  const group = { ...serve.group, vips: [u, { ...v, hosts: [c] }, w] };
  assert.deepEqual([...holdableBy([a, b], group)], ["u", "w"]);
  assert.deepEqual([...holdableBy([], group)], []);
  assert.deepEqual([...holdableBy([c], { ...group, partition: "quorum" })], []);
});

Deno.test("costOf() grows with hosts, VIPs and the length of the story", () => {
  const loss: Story = { kind: "loss", hosts: [a] };
  const cost = costOf(loss, serve);
  const names = Array.from({ length: 30 }, (_, at) => `h${at}`);
  assert(costOf(loss, { ...serve, group: fakeGroup(names, ["v"]) }) > 10 * cost);
  assert(costOf(loss, { ...serve, group: fakeGroup(["a", "b", "c"], names) }) > cost);
  assert(costOf({ kind: "split", side: [a] }, serve) > cost);
});
