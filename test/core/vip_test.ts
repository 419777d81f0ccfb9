// The life of a VIP on a host as a closed table: every state, every event. A new state or event does not compile
// until each of its cells has been thought about.

import assert from "node:assert/strict";
import {
  announceSchedule,
  stepVip,
  type VipAction,
  vipDeadline,
  type VipEvent,
  type VipState,
} from "../../src/core/vip.ts";
import { after, duration, instant } from "../../src/core/vocabulary.ts";
import { startedGroup } from "./small_group.ts";

type Cell = `${VipState["kind"]}` | `${VipState["kind"]}, ${Exclude<VipAction, "none">}`;
type Events = "wanted" | "wantedContested" | Exclude<VipEvent["kind"], "wanted">;

const table: Record<VipState["kind"], Record<Events, Cell>> = {
  absent: {
    wanted: "adding, add",
    wantedContested: "adding, add",
    expected: "awaiting",
    unwanted: "absent",
    suspended: "absent",
    superseded: "absent",
    added: "absent",
    addFailed: "absent",
    removed: "absent",
    removeFailed: "absent",
    gone: "absent",
    found: "removing, remove",
    missed: "absent",
    ticked: "absent",
  },
  awaiting: {
    wanted: "adding, add",
    wantedContested: "adding, add",
    expected: "awaiting",
    unwanted: "absent",
    suspended: "absent",
    superseded: "absent",
    added: "awaiting",
    addFailed: "awaiting",
    removed: "awaiting",
    removeFailed: "awaiting",
    gone: "awaiting",
    found: "removing, remove",
    missed: "awaiting",
    ticked: "awaiting",
  },
  adding: {
    wanted: "adding",
    wantedContested: "adding",
    expected: "removing, remove",
    unwanted: "removing, remove",
    suspended: "adding",
    superseded: "removing, remove",
    added: "held, announce",
    addFailed: "removing, remove",
    removed: "adding",
    removeFailed: "adding",
    gone: "adding",
    found: "adding",
    missed: "adding",
    ticked: "adding",
  },
  held: {
    wanted: "held",
    wantedContested: "held",
    expected: "held",
    unwanted: "removing, remove",
    suspended: "held",
    superseded: "lingering",
    added: "held",
    addFailed: "removing, remove",
    removed: "held",
    removeFailed: "held",
    gone: "held",
    found: "held",
    missed: "adding, add",
    ticked: "held, announce",
  },
  lingering: {
    wanted: "held, announce",
    wantedContested: "held, announce",
    expected: "held",
    unwanted: "removing, remove",
    suspended: "lingering",
    superseded: "lingering",
    added: "lingering",
    addFailed: "removing, remove",
    removed: "lingering",
    removeFailed: "lingering",
    gone: "removing, remove",
    found: "lingering",
    missed: "lingering",
    ticked: "removing, remove",
  },
  removing: {
    wanted: "removing",
    wantedContested: "removing",
    expected: "removing",
    unwanted: "removing",
    suspended: "removing",
    superseded: "removing",
    added: "removing",
    addFailed: "removing",
    removed: "absent",
    removeFailed: "removing",
    gone: "removing",
    found: "removing",
    missed: "removing",
    ticked: "removing",
  },
};

const now = instant(1000);
const states: { [Kind in VipState["kind"]]: VipState & { kind: Kind } } = {
  absent: { kind: "absent" },
  awaiting: { kind: "awaiting" },
  adding: { kind: "adding", contested: false },
  held: { kind: "held", contested: false, announced: 1, announceAt: now, isSilent: false },
  lingering: { kind: "lingering", removeAt: now },
  removing: { kind: "removing", since: now, retryAt: null, failures: 0 },
};

const eventOf = (name: Events): VipEvent => {
  if (name === "wanted") return { kind: "wanted", alone: true };
  return name === "wantedContested" ? { kind: "wanted", alone: false } : { kind: name };
};

const entries = <Key extends string, Value>(record: Record<Key, Value>) =>
  Object.entries(record) as [Key, Value][];

for (const [state, row] of entries(table)) {
  for (const [event, expected] of entries(row)) {
    Deno.test(`stepVip() in ${state} on ${event} gives ${expected}`, () => {
      const { state: next, action } = stepVip(states[state], eventOf(event), now);
      assert.equal(action === "none" ? next.kind : `${next.kind}, ${action}`, expected);
    });
  }
}

Deno.test("stepVip() announces on the whole schedule after an acquisition, and then no more", () => {
  let { state } = stepVip(states.adding, { kind: "added" }, now);
  const at = [0];
  for (let deadline = vipDeadline(state); deadline !== null; deadline = vipDeadline(state)) {
    const step = stepVip(state, { kind: "ticked" }, deadline);
    assert.equal(step.action, "announce");
    at.push(deadline - now);
    state = step.state;
  }
  assert.deepEqual(at, announceSchedule);
});

Deno.test("stepVip() announces again from the start when those who had the VIP too have released it", () => {
  const contested = stepVip(states.held, { kind: "expected" }, now).state;
  const { state, action } = stepVip(contested, { kind: "wanted", alone: true }, now);
  assert.equal(action, "announce");
  assert.deepEqual(state, {
    kind: "held",
    contested: false,
    announced: 1,
    announceAt: after(now, duration(50)),
    isSilent: false,
  });
});

Deno.test("stepVip() does not put a VIP back that somebody else still has", () => {
  const contested = stepVip(states.held, { kind: "expected" }, now).state;
  const { state, action } = stepVip(contested, { kind: "missed" }, now);
  assert.deepEqual([state.kind, action], ["removing", "remove"]);
});

Deno.test("stepVip() announces nothing while suspended, and goes on with the schedule afterwards", () => {
  const suspended = stepVip(states.held, { kind: "suspended" }, now).state;
  assert.equal(vipDeadline(suspended), null);
  assert.equal(stepVip(suspended, { kind: "ticked" }, after(now, duration(60_000))).action, "none");
  const later = after(now, duration(10));
  const resumed = stepVip(suspended, { kind: "wanted", alone: true }, later).state;
  assert.equal(vipDeadline(resumed), vipDeadline(states.held));
  const step = stepVip(resumed, { kind: "ticked" }, later);
  assert.equal(step.action, "announce");
  assert.equal(vipDeadline(step.state), after(later, duration(150)));
});

Deno.test("a VIP is announced on its schedule, however often the view changes meanwhile", () => {
  const group = startedGroup();
  group.forget();
  const at = group.now;
  group.crash("c");
  while (group.now < at + 7_000) {
    const matter = { kind: "message", text: "tick" } as const;
    group.tell("b", { kind: "operatorRequested", request: { kind: "say", matter } });
    group.run(40);
  }
  const [first = 0, ...others] = group.announced.filter(({ vip }) => vip === "v3").map((each) => each.at);
  const late = others.map((each, index) => each - first - (announceSchedule[index + 1] ?? 0));
  assert.equal(others.length, announceSchedule.length - 1);
  assert.ok(late.every((ms) => ms >= 0 && ms <= 40), `late by ${late.join(", ")} ms`);
});

Deno.test("stepVip() goes on answering for 100 ms after another has superseded it", () => {
  const { state } = stepVip(states.held, { kind: "superseded" }, now);
  const due = vipDeadline(state) ?? now;
  assert.equal(due, after(now, duration(100)));
  assert.deepEqual(stepVip(state, { kind: "superseded" }, after(now, duration(99))), {
    state,
    action: "none",
  });
  assert.equal(stepVip(state, { kind: "ticked" }, after(now, duration(99))).action, "none");
  assert.equal(stepVip(state, { kind: "ticked" }, due).action, "remove");
});

Deno.test("stepVip() keeps a VIP contested while it is being added", () => {
  const adding = stepVip(states.absent, { kind: "wanted", alone: false }, now).state;
  const held = stepVip(adding, { kind: "added" }, now).state;
  assert.equal(held.kind === "held" && held.contested, true);
});

Deno.test("stepVip() tries a failed removal again, and again, with longer and longer waits", () => {
  let state: VipState = states.removing;
  const waits: number[] = [];
  for (let round = 0; round < 6; round++) {
    state = stepVip(state, { kind: "removeFailed" }, now).state;
    const due = vipDeadline(state) ?? now;
    waits.push(due - now);
    assert.equal(stepVip(state, { kind: "ticked" }, after(due, duration(-1))).action, "none");
    const retried = stepVip(state, { kind: "ticked" }, due);
    assert.equal(retried.action, "remove");
    state = retried.state;
  }
  assert.deepEqual(waits, [500, 1000, 2000, 4000, 8000, 8000]);
});

Deno.test("stepVip() believes that a VIP is gone only while no removal is under way", () => {
  const failed = stepVip(states.removing, { kind: "removeFailed" }, now).state;
  assert.equal(stepVip(failed, { kind: "gone" }, now).state.kind, "absent");
  assert.equal(stepVip(states.removing, { kind: "gone" }, now).state.kind, "removing");
});
