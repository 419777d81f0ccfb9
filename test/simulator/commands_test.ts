import assert from "node:assert/strict";
import type { NodeEvent } from "../../src/core/events.ts";
import { vipName } from "../../src/core/vocabulary.ts";
import { AddressBook } from "../../src/simulator/address_book.ts";
import { CommandQueue } from "../../src/simulator/commands.ts";
import { Kernel } from "../../src/simulator/kernel.ts";
import { Random } from "../../src/simulator/random.ts";
import { Timeline } from "../../src/simulator/timeline.ts";
import { fakeGroup } from "./fakes.ts";

const [one, two] = [vipName("one"), vipName("two")];

function machine() {
  const timeline = new Timeline();
  const random = new Random("commands");
  const kernel = new Kernel({ timeline, random, changed: () => {} });
  const book = new AddressBook(fakeGroup(["a"], ["one", "two"]), kernel);
  const answers: NodeEvent[] = [];
  const queue = new CommandQueue({
    timeline,
    random,
    kernel,
    answered(events) {
      answers.push(...events);
      queue.proceed();
    },
  });
  const add = (...vips: (typeof one)[]) =>
    queue.enqueue({ kind: "add", tasks: vips.map((vip) => book.addition(vip)), lease: null }, book);
  const remove = (...vips: (typeof one)[]) =>
    queue.enqueue({ kind: "remove", tasks: vips.map((vip) => book.removal(vip)) }, book);
  return { timeline, kernel, queue, book, answers, add, remove };
}

Deno.test("CommandQueue runs commands one at a time, in order, and answers each", () => {
  const { timeline, kernel, queue, book, answers, add, remove } = machine();
  add(one, two);
  remove(one);
  queue.enqueue({ kind: "observe" }, book);
  assert.ok(!kernel.has(one), "a command takes time");
  timeline.runUntil(15);
  assert.deepEqual(answers, [
    { kind: "addressesAdded", vips: [one, two] },
    { kind: "addressesRemoved", vips: [one] },
    {
      kind: "addressesObserved",
      observed: { whole: [two], partial: [], withoutLink: [], withNewMac: [], isPlaced: true },
    },
  ]);
});

Deno.test("CommandQueue answers a failure for each VIP that failed", () => {
  const { timeline, queue, answers, add } = machine();
  queue.troubles.broken.add(two);
  add(one, two);
  timeline.runUntil(5);
  assert.deepEqual(answers.map(({ kind }) => kind), ["addressesAdded", "addressesAddFailed"]);
});

Deno.test("CommandQueue hangs for up to three seconds, and then does what it was to do", () => {
  const { timeline, kernel, queue, answers, add } = machine();
  queue.troubles.hangs = 1;
  add(one);
  timeline.runUntil(999);
  assert.deepEqual(answers, []);
  timeline.runUntil(3_000);
  assert.deepEqual(answers, [{ kind: "addressesAdded", vips: [one] }]);
  assert.ok(kernel.has(one));
});

Deno.test("CommandQueue leaves an address where it is when its removal fails, and calls it released all the same", () => {
  const { timeline, kernel, queue, answers, add, remove } = machine();
  kernel.add([one], { by: "daemon", lease: null });
  queue.troubles.removeFails = 1;
  remove(one);
  assert.ok(queue.isReleasing(one));
  timeline.runUntil(5);
  assert.deepEqual(answers.map(({ kind }) => kind), ["addressesRemoveFailed"]);
  assert.ok(kernel.has(one) && queue.isReleasing(one));
  add(one);
  assert.ok(!queue.isReleasing(one));
});

Deno.test("CommandQueue.abandon() lets a running command end without an answer, and starts no other", () => {
  const { timeline, kernel, queue, answers, add } = machine();
  add(one);
  add(two);
  queue.abandon({ power: false });
  timeline.runUntil(50);
  assert.ok(kernel.has(one) && !kernel.has(two));
  assert.deepEqual(answers, []);
});

Deno.test("CommandQueue.abandon() ends a running command when the power is gone", () => {
  const { timeline, kernel, queue, add } = machine();
  add(one);
  queue.abandon({ power: true });
  timeline.runUntil(50);
  assert.ok(!kernel.has(one));
});

Deno.test("CommandQueue.abandon() ends a command that hangs: the machine kills it with the daemon", () => {
  const { timeline, kernel, queue, add } = machine();
  queue.troubles.hangs = 1;
  add(one);
  queue.abandon({ power: false });
  timeline.runUntil(10_000);
  assert.ok(!kernel.has(one));
});
