import { deepEqual, equal } from "node:assert/strict";
import type { ControlResponse } from "../../src/codec/control.ts";
import { instant } from "../../src/core/vocabulary.ts";
import { answerWaiters, dismissWaiters, type Waiter, waitersDeadline } from "../../src/daemon/waiters.ts";
import { healthy } from "./values.ts";

const done: ControlResponse = { kind: "refused", http: 404, error: "stands for any answer" };

function waiter(
  answers: ControlResponse[],
  { comesTrue, deadline }: { comesTrue: boolean; deadline: number },
): Waiter {
  return {
    until: () => comesTrue,
    late: () => "not in time",
    deadline: instant(deadline),
    answer: (response) => answers.push(response),
  };
}

Deno.test("answerWaiters() answers what came true and what is too late, and keeps the others", () => {
  const answers: ControlResponse[] = [];
  const granted = waiter(answers, { comesTrue: true, deadline: 5 });
  const late = waiter(answers, { comesTrue: false, deadline: 10 });
  const patient = waiter(answers, { comesTrue: false, deadline: 11 });
  const left = answerWaiters([granted, late, patient], {
    status: healthy,
    now: instant(10),
    done: () => done,
  });
  deepEqual(answers, [done, { kind: "refused", http: 504, error: "not in time" }]);
  deepEqual(left, [patient]);
});

Deno.test("answerWaiters() answers what cannot come true any more with why, at once", () => {
  const answers: ControlResponse[] = [];
  const hopeless = { ...waiter(answers, { comesTrue: false, deadline: 11 }), failed: () => "it is gone" };
  const hopeful = { ...waiter(answers, { comesTrue: false, deadline: 11 }), failed: () => null };
  const left = answerWaiters([hopeless, hopeful], { status: healthy, now: instant(10), done: () => done });
  deepEqual(answers, [{ kind: "refused", http: 409, error: "it is gone" }]);
  deepEqual(left, [hopeful]);
});

Deno.test("waitersDeadline() is the earliest of the waiters, and none when nobody waits", () => {
  const each = [8, 5, 7].map((deadline) => waiter([], { comesTrue: false, deadline }));
  equal(waitersDeadline(each), 5);
  equal(waitersDeadline([]), null);
});

Deno.test("dismissWaiters() answers everybody", () => {
  const answers: ControlResponse[] = [];
  dismissWaiters([waiter(answers, { comesTrue: false, deadline: 1 })], "it stops");
  deepEqual(answers, [{ kind: "refused", http: 503, error: "it stops" }]);
});
