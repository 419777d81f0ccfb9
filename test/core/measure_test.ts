import assert from "node:assert/strict";
import {
  arrivalsOf,
  leastOf,
  noSamples,
  samplesMin,
  unmeasured,
  windowBeats,
  withBeat,
  withSample,
} from "../../src/core/measure.ts";
import type { Message } from "../../src/core/message.ts";
import { groupSight } from "../../src/core/monitor.ts";
import type { NodeEvent } from "../../src/core/events.ts";
import { duration, instant } from "../../src/core/vocabulary.ts";
import { coreProgram } from "../../src/simulator/core_program.ts";
import type { Program } from "../../src/simulator/host.ts";
import { simulate } from "../../src/simulator/simulate.ts";
import { fc } from "../support/property.ts";
import { type SmallGroup, startedGroup } from "./small_group.ts";

const leastAfter = (samples: readonly number[]) => leastOf(samples.reduce(withSample, noSamples));
const lossAfter = (beats: readonly number[]) => {
  const { said, heard } = arrivalsOf(beats.reduce(withBeat, unmeasured));
  return said - heard;
};
const upTo = (count: number, from = 1) => Array.from({ length: count }, (_, at) => from + at);

Deno.test("the least of the samples is that of the last 16 at least and 31 at most", () => {
  assert.equal(leastAfter([]), null);
  assert.equal(leastAfter([7]), 7);
  const sample = fc.integer({ min: -5, max: 1_000 });
  fc.assert(fc.property(fc.array(sample, { minLength: 1, maxLength: 100 }), (samples) => {
    const least = leastAfter(samples);
    assert(least !== null);
    assert(least <= Math.min(...samples.slice(-samplesMin)));
    assert(least >= Math.min(...samples.slice(1 - 2 * samplesMin)));
  }));
});

Deno.test("what is missing among the numbers of heartbeats was lost, whatever the first of them is", () => {
  assert.equal(lossAfter([]), 0);
  assert.equal(lossAfter([5]), 0);
  assert.equal(lossAfter(upTo(50, 1_000)), 0);
  assert.equal(lossAfter([1, 2, 4, 5, 9]), 4);
  assert.equal(lossAfter([1, 2, 5, 4, 3]), 0, "one that comes late was not lost");
});

Deno.test("every tenth heartbeat that is lost is a tenth of the window, and is forgotten with it", () => {
  const lossy = upTo(3_000).filter((beat) => beat % 10 !== 0);
  const { said, heard } = arrivalsOf(lossy.reduce(withBeat, unmeasured));
  assert(said >= windowBeats && said < windowBeats + 200, String(said));
  assert(Math.abs(1 - heard / said - 0.1) < 0.005, `${heard} of ${said}`);
  const mended = arrivalsOf([...lossy, ...upTo(windowBeats + 100, 3_000)].reduce(withBeat, unmeasured));
  assert.equal(mended.said, mended.heard);
});

Deno.test("a long silence counts as one window of lost heartbeats, and is forgotten as soon as any", () => {
  const back = arrivalsOf([...upTo(100), 1_000_000].reduce(withBeat, unmeasured));
  assert(back.said - back.heard >= windowBeats - 1 && back.said <= 2 * windowBeats, JSON.stringify(back));
  const later = arrivalsOf(
    [...upTo(100), ...upTo(windowBeats + 100, 1_000_000)].reduce(withBeat, unmeasured),
  );
  assert.equal(later.said, later.heard);
});

const sightOf = (group: SmallGroup, asked: string, host: string) => {
  const sight = groupSight(group.nodeOf(asked), instant(group.now)).find((each) => each.host === host);
  assert(sight !== undefined);
  return sight;
};

Deno.test("the round trip is the two ways, however long a heartbeat waits for its answer", () => {
  const group = startedGroup();
  group.run(5_000);
  for (const asked of ["a", "b", "c"]) {
    for (const host of ["a", "b", "c"].filter((each) => each !== asked)) {
      const { roundTrip } = sightOf(group, asked, host);
      // The group's network takes 1 ms for each way.
      assert(roundTrip !== null && Math.abs(roundTrip - 2) < 1e-6, `${asked} -> ${host}: ${roundTrip}`);
    }
  }
});

Deno.test("heartbeats that are lost are counted by whoever misses them, and by nobody else", () => {
  const group = startedGroup();
  for (let round = 0; round < 200; round++) {
    group.cut.add("a>b");
    group.run(100);
    group.cut.delete("a>b");
    group.run(300);
  }
  const lossOf = (asked: string, host: string) => {
    const { arrivals } = sightOf(group, asked, host);
    return arrivals === null ? null : 1 - arrivals.heard / arrivals.said;
  };
  const [missed, whole] = [lossOf("b", "a"), lossOf("c", "a")];
  assert(missed !== null && Math.abs(missed - 0.25) < 0.03, String(missed));
  assert.equal(whole, 0);
  assert.equal(lossOf("a", "b"), 0);
});

/** What the measures are made of, in other numbers than were said. */
function garbled(message: Message): Message {
  if (message.kind !== "heartbeat") return message;
  const heard = message.heard.map((each) => ({ ...each, age: duration((each.sequence * 7_919) % 100_000) }));
  return { ...message, heard, beat: (message.revision * 31 + message.heard.length) % 997, version: "9.9.9" };
}

Deno.test("nothing that is measured decides anything: with other ages, counts and versions all goes the same way", () => {
  const told = (change: (message: Message) => Message) => {
    const group = startedGroup({ vips: ["v1", "v2", "v3", "v4"] });
    group.onTheWay = change;
    group.crash("b");
    group.run(3_000);
    group.start("b");
    group.tell("c", { kind: "operatorRequested", request: { kind: "drain", reason: "" } });
    group.run(3_000);
    group.partition(["a"], ["b", "c"]);
    group.run(2_000);
    group.cut.clear();
    group.run(5_000);
    const { notes, kernelLog, announced } = group;
    return JSON.stringify({ notes, kernelLog, announced });
  };
  assert.equal(told(garbled), told((message) => message));
});

Deno.test("nothing that is measured decides anything, in seeds of chaos either", () => {
  const garbling: Program = {
    start(of) {
      const running = coreProgram.start(of);
      const changed = (event: NodeEvent): NodeEvent =>
        event.kind === "messageReceived" ? { ...event, message: garbled(event.message) } : event;
      return { ...running, step: (event, now) => running.step(changed(event), now) };
    },
  };
  const traceOf = (seed: number, program: Program) => {
    const lines: string[] = [];
    simulate({ seed, program, wire: "plain", trace: ({ at, text }) => lines.push(`${at} ${text}`) });
    // The trace tells heartbeats word for word.
    return lines.filter((line) => !line.includes("heartbeat")).join("\n");
  };
  for (const seed of [11, 12, 13]) assert.equal(traceOf(seed, garbling), traceOf(seed, coreProgram));
});
