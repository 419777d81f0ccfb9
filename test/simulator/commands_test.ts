import assert from "node:assert/strict";
import type { NodeEvent } from "../../src/core/events.ts";
import { vipName } from "../../src/core/vocabulary.ts";
import { CommandQueue } from "../../src/simulator/commands.ts";
import { Kernel } from "../../src/simulator/kernel.ts";
import { Random } from "../../src/simulator/random.ts";
import { Timeline } from "../../src/simulator/timeline.ts";

const [one, two] = [vipName("one"), vipName("two")];

function machine() {
  const timeline = new Timeline();
  const random = new Random("commands");
  const sizes = new Map([[one, 1], [two, 1]]);
  const kernel = new Kernel({ timeline, random, sizes, lease: null, changed: () => {} });
  const answers: NodeEvent[] = [];
  const commands = new CommandQueue({
    timeline,
    random,
    kernel,
    answered(events) {
      answers.push(...events);
      commands.proceed();
    },
  });
  return { timeline, kernel, commands, answers };
}

Deno.test("CommandQueue runs commands one at a time, in order, and answers each", () => {
  const { timeline, kernel, commands, answers } = machine();
  commands.enqueue({ kind: "add", vips: [one, two] });
  commands.enqueue({ kind: "remove", vips: [one] });
  commands.enqueue({ kind: "observe", vips: [] });
  assert.ok(!kernel.has(one), "a command takes time");
  timeline.runUntil(15);
  assert.deepEqual(answers, [
    { kind: "addressesAdded", vips: [one, two] },
    { kind: "addressesRemoved", vips: [one] },
    { kind: "addressesObserved", observed: { whole: [two], partial: [], isPlaced: true } },
  ]);
});

Deno.test("CommandQueue answers a failure for each VIP that failed", () => {
  const { timeline, commands, answers } = machine();
  commands.troubles.broken.add(two);
  commands.enqueue({ kind: "add", vips: [one, two] });
  timeline.runUntil(5);
  assert.deepEqual(answers.map(({ kind }) => kind), ["addressesAdded", "addressesAddFailed"]);
});

Deno.test("CommandQueue leaves an address where it is when its removal fails, and calls it released all the same", () => {
  const { timeline, kernel, commands, answers } = machine();
  kernel.add(one, { by: "daemon" });
  commands.troubles.removeFails = 1;
  commands.enqueue({ kind: "remove", vips: [one] });
  assert.ok(commands.isReleasing(one));
  timeline.runUntil(5);
  assert.deepEqual(answers.map(({ kind }) => kind), ["addressesRemoveFailed"]);
  assert.ok(kernel.has(one) && commands.isReleasing(one));
  commands.enqueue({ kind: "add", vips: [one] });
  assert.ok(!commands.isReleasing(one));
});

Deno.test("CommandQueue.abandon() lets a running command end without an answer, and starts no other", () => {
  const { timeline, kernel, commands, answers } = machine();
  commands.enqueue({ kind: "add", vips: [one] });
  commands.enqueue({ kind: "add", vips: [two] });
  commands.abandon({ power: false });
  timeline.runUntil(50);
  assert.ok(kernel.has(one) && !kernel.has(two));
  assert.deepEqual(answers, []);
});

Deno.test("CommandQueue.abandon() ends a running command when the power is gone", () => {
  const { timeline, kernel, commands } = machine();
  commands.enqueue({ kind: "add", vips: [one] });
  commands.abandon({ power: true });
  timeline.runUntil(50);
  assert.ok(!kernel.has(one));
});
