import { deepEqual, equal } from "node:assert/strict";
import type { ControlResponse } from "../../src/codec/control.ts";
import { instant } from "../../src/core/vocabulary.ts";
import { answerListeners, type Listener, listenersDeadline } from "../../src/daemon/listeners.ts";

const entriesAfter = (number: number): ControlResponse => ({
  kind: "refused",
  http: 404,
  error: `${number}`,
});

function scene(...listeners: readonly Pick<Listener, "after" | "deadline">[]) {
  const told: ControlResponse[] = [];
  return {
    told,
    listeners: listeners.map((each) => ({
      ...each,
      answer: (response: ControlResponse) => void told.push(response),
    })),
  };
}

Deno.test("answerListeners() answers those for whom there is news and those whose time is over, and keeps the others", () => {
  const { told, listeners } = scene(
    { after: 6, deadline: instant(99) },
    { after: 7, deadline: instant(10) },
    { after: 7, deadline: instant(11) },
  );
  const left = answerListeners(listeners, { last: 7, now: instant(10), entriesAfter });
  deepEqual(told, [entriesAfter(6), entriesAfter(7)]);
  deepEqual(left, listeners.slice(2));
});

Deno.test("answerListeners() answers at once who knows entries that this record does not have", () => {
  const { told, listeners } = scene({ after: 8, deadline: instant(99) });
  deepEqual(answerListeners(listeners, { last: 7, now: instant(10), entriesAfter }), []);
  deepEqual(told, [entriesAfter(8)]);
});

Deno.test("listenersDeadline() is the earliest of the listeners, and none when nobody listens", () => {
  const { listeners } = scene({ after: 0, deadline: instant(8) }, { after: 0, deadline: instant(5) });
  equal(listenersDeadline(listeners), 5);
  equal(listenersDeadline([]), null);
});
