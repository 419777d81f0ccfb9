// Single stories, each under three different draws of chance: what one fault does to a group that is otherwise well.

import assert from "node:assert/strict";
import { duration, type Group, hostName, vipName } from "../../src/core/vocabulary.ts";
import { coreProgram } from "../../src/simulator/core_program.ts";
import { report } from "../../src/simulator/failure.ts";
import { fakeGroup } from "./fakes.ts";
import { calmWeather } from "../../src/simulator/network.ts";
import type { Fault, Plan } from "../../src/simulator/plan.ts";
import { type Setting, simulate } from "../../src/simulator/simulate.ts";

const [a, b, c] = [hostName("a"), hostName("b"), hostName("c")];
const three = fakeGroup(["a", "b", "c"], ["v", "w", "x!"]);
const four = fakeGroup(["a", "b", "c", "d"], ["v", "w", "x!", "y"], { partition: "quorum" });
const impatient = { ...three, timing: { ...three.timing, mature: duration(10_000) } };

interface Story {
  readonly title: string;
  readonly group?: Group;
  readonly faults: readonly Fault[];
  /** When the last fault is over and the time to settle begins. */
  readonly healAt: number;
  readonly staysDown?: Plan["staysDown"];
  /** In ms. */
  readonly settlesWithin: number;
}

const stories: readonly Story[] = [
  {
    title: "a group whose hosts all start together need not wait for maturity",
    group: impatient,
    faults: [],
    healAt: 0,
    settlesWithin: 500,
  },
  {
    title: "the VIPs of a coordinator that dies are taken over",
    faults: [{ kind: "powerLoss", at: 5_000, host: a, down: 60_000 }],
    healAt: 5_000,
    staysDown: [a],
    settlesWithin: 700,
  },
  {
    title: "a host that stops for good hands its VIPs over first",
    faults: [{ kind: "stop", at: 5_000, host: b, down: 60_000 }],
    healAt: 5_001,
    staysDown: [b],
    settlesWithin: 300,
  },
  {
    title: "a host that was paused for two seconds comes back without its VIPs",
    faults: [{ kind: "pause", at: 5_000, host: a, lasts: 2_000 }],
    healAt: 7_000,
    settlesWithin: 500,
  },
  {
    title: "a partition into one and two merges again",
    faults: [{ kind: "partition", at: 5_000, side: [a], lasts: 4_000 }],
    healAt: 9_000,
    settlesWithin: 500,
  },
  {
    title: "a cable that carries one way only does no harm once it is mended",
    faults: [{ kind: "cut", at: 5_000, from: a, to: b, bothWays: false, lasts: 6_000 }],
    healAt: 11_000,
    settlesWithin: 1_000,
  },
  {
    title: "without a majority nobody holds anything, and after the merge everything is held",
    group: four,
    faults: [{ kind: "partition", at: 5_000, side: [a, b], lasts: 5_000 }],
    healAt: 10_000,
    settlesWithin: 3_000,
  },
  {
    title: "an address that a person removed is put back, and one that a person added is removed",
    faults: [
      { kind: "personRemoves", at: 5_000, host: a, vip: vipName("v"), all: true },
      { kind: "personAdds", at: 5_000, host: b, vip: vipName("v"), all: true },
      { kind: "personAdds", at: 5_000, host: c, vip: vipName("v"), all: true },
    ],
    healAt: 5_000,
    settlesWithin: 500,
  },
];

for (const story of stories) {
  Deno.test(story.title, () => {
    for (let seed = 1; seed <= 3; seed++) {
      const setting: Setting = { seed, program: coreProgram, wire: "codec", plan: planOf(story) };
      const outcome = simulate(setting);
      const { violation, settledAfter } = outcome;
      if (violation !== null) assert.fail(report(setting, outcome));
      const took = settledAfter ?? Infinity;
      assert.ok(
        took <= story.settlesWithin,
        `seed ${seed}: settled after ${took} ms, not ${story.settlesWithin}`,
      );
    }
  });
}

function planOf({ group = three, faults, healAt, staysDown = [] }: Story): Plan {
  return {
    group,
    calm: calmWeather,
    starts: new Map(group.hosts.map(({ name }, index) => [name, index])),
    faults,
    healAt,
    staysDown,
  };
}
