import { deepEqual, equal, match } from "node:assert/strict";
import type { ControlRequest } from "../../src/codec/control.ts";
import type { NodeStatus } from "../../src/core/status.ts";
import { duration, viewNumber } from "../../src/core/vocabulary.ts";
import { WORDS_OPEN_MAX } from "../../src/core/limits.ts";
import { planRequest, requestPatience, type RequestPlan } from "../../src/daemon/control_requests.ts";
import { hook, noHooks } from "./fake_hooks.ts";
import { group, healthy, test00, test01, webA, withHost, withVip } from "./values.ts";

const plan = (request: ControlRequest, status: NodeStatus = healthy): RequestPlan =>
  planRequest(request, { status, group });

function awaited(request: ControlRequest, status: NodeStatus = healthy) {
  const found = plan(request, status);
  if (found.kind !== "await") throw new Error(`Expected a plan to await, found ${JSON.stringify(found)}`);
  return found;
}

function refused(request: ControlRequest, status: NodeStatus = healthy): string {
  const found = plan(request, status);
  if (found.kind !== "refuse") throw new Error(`Expected a refusal, found ${JSON.stringify(found)}`);
  return found.error;
}

const nextView: NodeStatus = {
  ...healthy,
  view: healthy.view && { ...healthy.view, number: viewNumber(13) },
};

Deno.test("planRequest() answers a status at once", () => {
  deepEqual(plan({ kind: "status" }), { kind: "answer" });
});

Deno.test("planRequest() lets a drain wait until nothing of any VIP is on this host", () => {
  const { request, until, failed, late } = awaited({ kind: "drain", reason: "new kernel" });
  deepEqual(request, { kind: "drain", reason: "new kernel" });
  const draining = { ...healthy, draining: "new kernel" };
  equal(until(healthy), false);
  equal(until(draining), false);
  equal(until(withVip(draining, webA, { here: "removing" })), false);
  equal(until(withVip(draining, webA, { here: "absent" })), true);
  match(late(draining), /this host still has web-a/);
  equal(failed?.(draining), null);
  equal(failed?.(healthy), "Cannot finish the drain: somebody resumed this host");
});

Deno.test("planRequest() lets a resume wait for a view of after it, and not at all on a host that does not drain", () => {
  const draining = { ...healthy, draining: "new kernel" };
  const { until } = awaited({ kind: "resume", reason: "" }, draining);
  equal(until(draining), false);
  equal(until(healthy), false);
  equal(until(nextView), true);
  equal(awaited({ kind: "resume", reason: "" }).until(healthy), true);
});

Deno.test("planRequest() lets a move wait until the wanted host holds the VIP", () => {
  const { request, until, late } = awaited({ kind: "move", vip: "web-a", to: "test01" });
  deepEqual(request, { kind: "move", vip: webA, to: test01 });
  equal(until(healthy), false);
  equal(until(withVip(healthy, webA, { holder: test01, state: "moving" })), false);
  const there = withVip(healthy, webA, { holder: test01, state: "held" });
  equal(until({ ...there, hasWishes: true }), false);
  equal(until(there), true);
  match(late(healthy), /its holder is test00, its state "held"/);
});

Deno.test("planRequest() wishes for nothing when an operator moved the VIP there before, unless that is in doubt", () => {
  const move = { kind: "move", vip: "web-a", to: "test00" } as const;
  const pinned = withVip(healthy, webA, { reason: "operator" });
  deepEqual(plan(move, pinned), { kind: "answer" });
  for (
    const other of [
      healthy,
      { ...pinned, phase: "gathering" as const },
      { ...pinned, hasWishes: true },
      withVip(pinned, webA, { state: "moving" }),
    ]
  ) {
    equal(plan(move, other).kind, "await");
  }
});

Deno.test("planRequest() gives a move up when the group has decided otherwise, and says why", () => {
  const { failed } = awaited({ kind: "move", vip: "web-a", to: "test01" });
  const start = 'Cannot move VIP "web-a" to host "test01":';
  const members = healthy.view?.members.filter(({ host }) => host !== test01) ?? [];
  const without = { ...healthy, view: healthy.view && { ...healthy.view, members } };
  equal(failed?.(without), `${start} not a member of the view (found test00, test02)`);
  equal(failed?.(healthy), `${start} the group gave it to test00`);
  equal(failed?.({ ...without, hasWishes: true }), null);
  equal(failed?.(withVip(healthy, webA, { holder: test01, state: "moving" })), null);
});

Deno.test("planRequest() refuses a move that cannot be done, with what was found and what was wanted", () => {
  const move = (vip: string, to: string) => ({ kind: "move", vip, to } as const);
  const start = 'Cannot move VIP "web-a" to host "test01":';
  equal(
    refused(move("web-x", "test01")),
    'Cannot move VIP "web-x" to host "test01": no such VIP (found web-a, web-b, web-c)',
  );
  equal(
    refused(move("web-a", "test09")),
    'Cannot move VIP "web-a" to host "test09": no such host (found test00, test01, test02)',
  );
  equal(
    refused(move("web-c", "test01")),
    'Cannot move VIP "web-c" to host "test01": this host may not hold it (wanted test02)',
  );
  equal(
    refused(move("web-a", "test01"), { ...healthy, view: null }),
    `${start} this host has no view yet (wanted an agreed view)`,
  );
  const alone = {
    ...healthy,
    view: healthy.view && { ...healthy.view, members: healthy.view.members.slice(0, 1) },
  };
  equal(refused(move("web-a", "test01"), alone), `${start} not a member of the view (found test00)`);
  equal(
    refused(move("web-a", "test01"), withHost(healthy, test01, { draining: true })),
    `${start} that host drains (wanted one that does not)`,
  );
  equal(
    refused(move("web-a", "test01"), { ...healthy, mature: false }),
    `${start} the group is not mature yet, so nobody holds a VIP`,
  );
  equal(awaited(move("web-a", test00)).until(healthy), true);
});

Deno.test("planRequest() lets a balance wait for a view of after it, and refuses it without a view", () => {
  const { until } = awaited({ kind: "balance" });
  equal(until(healthy), false);
  equal(until(nextView), true);
  equal(until({ ...nextView, hasWishes: true }), false);
  match(refused({ kind: "balance" }, { ...healthy, view: null }), /no view yet/);
  match(refused({ kind: "balance" }, { ...healthy, mature: false }), /not mature yet/);
});

Deno.test("planRequest() lets a plan be made without configured hosts, each once, members or not", () => {
  const without = (...hosts: string[]) => plan({ kind: "plan", without: hosts });
  deepEqual(without("test01"), { kind: "foresee", without: [test01] });
  deepEqual(without("test01", "test00", "test01"), { kind: "foresee", without: [test00, test01] });
  const alone = { ...healthy, view: healthy.view && { ...healthy.view, members: [] } };
  deepEqual(plan({ kind: "plan", without: ["test01"] }, alone), { kind: "foresee", without: [test01] });
});

Deno.test("planRequest() refuses a plan without a host that is not configured, and one that has nothing to go by", () => {
  equal(
    refused({ kind: "plan", without: ["test01", "test09"] }),
    'Cannot plan without "test01", "test09": no such host as test09 (found test00, test01, test02)',
  );
  const request = { kind: "plan", without: ["test01"] } as const;
  equal(
    refused(request, { ...healthy, view: null }),
    'Cannot plan without "test01": this host has no view yet (wanted an agreed view)',
  );
  match(refused(request, { ...healthy, mature: false }), /not mature yet, so nobody holds a VIP$/);
});

Deno.test("planRequest() lets a word wait until it was said, and not only others that were asked for before it", () => {
  const at = (asked: number, said: number, lost = 0): NodeStatus => ({
    ...healthy,
    words: { asked, said, lost },
  });
  const { request, until, failed, late } = awaited({ kind: "send", text: "switch 3 is replaced" }, at(5, 3));
  deepEqual(request, { kind: "say", matter: { kind: "message", text: "switch 3 is replaced" } });
  deepEqual([until(at(6, 3)), until(at(6, 5)), until(at(6, 6))], [false, false, true]);
  match(late(at(6, 5)), /the group hears it with the next one/);
  deepEqual([until(at(6, 6, 1)), failed?.(at(6, 5))], [false, null]);
  match(failed?.(at(6, 6, 1)) ?? "", /^Cannot tell whether it was said: the coordinator was lost/);
});

Deno.test("planRequest() refuses a word only when as many wait as may", () => {
  const waiting = (open: number): NodeStatus => ({
    ...healthy,
    words: { asked: 7 + open, said: 7, lost: 0 },
  });
  const request = { kind: "send", text: "hello" } as const;
  equal(plan(request, waiting(WORDS_OPEN_MAX - 1)).kind, "await");
  equal(
    refused(request, waiting(WORDS_OPEN_MAX)),
    `Cannot send: ${WORDS_OPEN_MAX} earlier words wait for a view (wanted fewer than ${WORDS_OPEN_MAX})`,
  );
});

Deno.test("requestPatience() counts the time of before_acquire in where a VIP has to be acquired", () => {
  const hooks = { ...noHooks, before_acquire: [hook({ timeout: duration(30_000) })] };
  const patience = (request: Parameters<typeof requestPatience>[0]) =>
    requestPatience(request, { group, hooks });
  const alone = requestPatience({ kind: "balance" }, { group, hooks: noHooks });
  equal(alone, 4 * group.timing.timeout + 5_000);
  equal(patience({ kind: "balance" }), alone + 30_000);
  equal(patience({ kind: "move", vip: webA, to: test01 }), alone + 30_000);
  equal(patience({ kind: "drain", reason: "" }), alone + 30_000);
  equal(patience({ kind: "resume", reason: "" }), alone);
  equal(patience({ kind: "say", matter: { kind: "message", text: "hello" } }), alone);
});
