import { equal, match } from "node:assert/strict";
import { renderSimulation } from "../../src/cli/render_simulation.ts";
import type { Measure, Simulation, StoryOutcome } from "../../src/cli/simulation.ts";
import { golden } from "../support/golden.ts";

const all = ["test00", "test01", "test02"];
const holderOf: Readonly<Record<string, string>> = {
  "web-a": "test00",
  "web-b": "test01",
  "web-c": "test02",
};

/** Hosts are gone; each VIP in `moves` is on its new host then. */
function gone(kind: "loss" | "stop", hosts: readonly string[], outcome: {
  readonly took: number;
  readonly promised: number;
  readonly moves: Readonly<Record<string, string>>;
}): StoryOutcome {
  const after = { ...holderOf, ...outcome.moves };
  return {
    kind,
    hosts,
    measures: [{ what: "outage", took_ms: outcome.took, promised_ms: outcome.promised }],
    moves: Object.entries(outcome.moves).map(([vip, to]) => ({ vip, from: holderOf[vip] ?? null, to })),
    loads: all.filter((host) => !hosts.includes(host)).map((host) => ({
      host,
      vips: Object.values(after).filter((holder) => holder === host).length,
    })),
    serves: true,
    nobody_may: [],
    problems: [],
  };
}

const whole = (
  kind: "start" | "split",
  hosts: readonly string[],
  measures: readonly Measure[],
): StoryOutcome => ({
  kind,
  hosts,
  measures,
  moves: [],
  loads: all.map((host) => ({ host, vips: 1 })),
  serves: true,
  nobody_may: [],
  problems: [],
});

/** What examples/three_hosts.toml comes to. */
const three: Simulation = {
  group: "tudou",
  partition: "serve",
  hosts: all,
  vips: 3,
  heartbeat_ms: 100,
  timeout_ms: 500,
  moments: 10,
  stories: [
    whole("start", all, [{ what: "answered", took_ms: 10, promised_ms: 475 }]),
    whole("split", ["test00", "test01"], [
      { what: "outage", took_ms: 501, promised_ms: 545 },
      { what: "one holder", took_ms: 59, promised_ms: 150 },
      { what: "outage after the merge", took_ms: 5, promised_ms: null },
    ]),
    gone("loss", ["test00"], { took: 469, promised: 555, moves: { "web-a": "test01" } }),
    gone("loss", ["test01"], { took: 485, promised: 555, moves: { "web-b": "test00" } }),
    gone("loss", ["test02"], { took: 503, promised: 555, moves: { "web-c": "test00" } }),
    gone("stop", ["test00"], { took: 8, promised: 75, moves: { "web-a": "test01" } }),
    gone("stop", ["test01"], { took: 8, promised: 75, moves: { "web-b": "test00" } }),
    gone("stop", ["test02"], { took: 9, promised: 75, moves: { "web-c": "test00" } }),
    gone("loss", ["test00", "test01"], {
      took: 541,
      promised: 655,
      moves: { "web-a": "test02", "web-b": "test02" },
    }),
    gone("loss", ["test00", "test02"], {
      took: 590,
      promised: 655,
      moves: { "web-a": "test01", "web-c": "test01" },
    }),
    gone("loss", ["test01", "test02"], {
      took: 582,
      promised: 655,
      moves: { "web-b": "test00", "web-c": "test00" },
    }),
  ],
  left_out: [],
  as_promised: true,
};

const text = (change: Partial<Simulation>): string =>
  renderSimulation({ ...three, ...change }, { colours: false });

Deno.test("renderSimulation() tells what becomes of a group of three hosts", async () => {
  await golden("cli/simulate_three_hosts.txt", text({}));
});

Deno.test("renderSimulation() tells plainly of a quorum group that stops, of what is left out and of what is not as promised", async () => {
  const [first, second] = [three.stories[2], three.stories[8]];
  if (first === undefined || second === undefined) throw new Error("Expected these stories");
  const none: Measure = { what: "outage", took_ms: null, promised_ms: null };
  const loads = [{ host: "test02", vips: 0 }];
  await golden(
    "cli/simulate_quorum.txt",
    text({
      partition: "quorum",
      moments: 1,
      stories: [
        whole("start", all, [{ what: "answered", took_ms: null, promised_ms: 475 }]),
        whole("split", ["test00", "test01"], [
          { what: "outage", took_ms: 494, promised_ms: 555 },
          { what: "released", took_ms: 428, promised_ms: 475 },
          { what: "outage after the merge", took_ms: 0, promised_ms: null },
        ]),
        { ...first, nobody_may: ["web-c"], problems: ["outage: took 600ms, at most 555ms promised"] },
        {
          ...second,
          measures: [none],
          loads,
          serves: false,
          moves: [],
          nobody_may: ["web-a", "web-b", "web-c"],
        },
      ],
      left_out: [{ what: "pairs", told: 1, all: 3, cost_ms: 61_000 }, {
        what: "stops",
        told: 0,
        all: 3,
        cost_ms: 9_000,
      }],
      as_promised: false,
    }),
  );
});

Deno.test("renderSimulation() tells of an even split that nobody serves", () => {
  const split = whole("split", ["test00"], [
    { what: "released", took_ms: 428, promised_ms: 475 },
    { what: "answered after the merge", took_ms: 90, promised_ms: null },
  ]);
  const told = text({
    partition: "quorum",
    hosts: ["test00", "test01"],
    stories: [{ ...split, serves: false }],
  });
  match(told, /^the network splits, test00 \| test01: no majority, all VIPs are given up +428ms +475ms$/m);
  match(told, /^the parts hear each other again: every VIP is answered +90ms +-$/m);
});

Deno.test("renderSimulation() shortens what many hosts carry, long sides of a split, and long lists of problems", () => {
  const hosts = Array.from({ length: 30 }, (_, at) => `a-host-with-a-long-name-${at}`);
  const loads = hosts.map((host, at) => ({ host, vips: at < 3 ? 4 : 3 }));
  const loss: StoryOutcome = {
    ...whole("split", hosts.slice(0, 15), [{ what: "outage", took_ms: 500, promised_ms: 555 }]),
  };
  const first = three.stories[2];
  if (first === undefined) throw new Error("Expected this story");
  const told = text({ hosts, stories: [loss, { ...first, loads }] });
  match(told, /^the network splits into 15 and 15 hosts: longest outage in either part/m);
  match(told, /3 to 4 each/);
  const problems = Array.from({ length: 14 }, (_, at) => `problem ${at}`);
  const bad = text({ stories: [{ ...first, problems }], as_promised: false });
  match(bad, /problem 9\nand 4 more\n$/);
  equal(bad.includes("problem 10"), false);
});
