import { deepEqual, equal, match } from "node:assert/strict";
import type { ControlRequest, ControlResponse, Plan, Status } from "../../src/codec/control.ts";
import type { Explanation } from "../../src/codec/explanation.ts";
import { openControlServer } from "../../src/host/control_server.ts";
import { type Captured, molehill } from "./captured.ts";
import { explained, heldByNobody } from "./explain_values.ts";
import { monitored } from "./monitor_values.ts";
import { planned } from "./plan_values.ts";
import { host, well } from "./status_values.ts";

/** Calls the command line while something that answers like this stands in for the daemon. */
async function asking(
  answer: (request: ControlRequest) => ControlResponse,
  ...args: readonly string[]
): Promise<Captured & { readonly asked: readonly ControlRequest[] }> {
  const directory = await Deno.makeTempDir();
  const opened = await openControlServer(directory);
  if (opened.kind !== "open") throw new Error(opened.problem);
  const asked: ControlRequest[] = [];
  opened.server.onRequest((request) => {
    asked.push(request);
    return Promise.resolve(answer(request));
  });
  try {
    return { ...await molehill(...args, "--runtime-dir", directory), asked };
  } finally {
    await opened.server.close();
    await Deno.remove(directory, { recursive: true });
  }
}

const answering = (change: Partial<Status> = {}) => (): ControlResponse => ({
  kind: "status",
  status: { ...well, ...change },
});

const refusing = (): ControlResponse => ({ kind: "refused", http: 409, error: "Cannot do it: for a reason" });

Deno.test("status exits with 0 while every VIP is held and nothing is warned of", async () => {
  const { code, out, asked } = await asking(answering(), "status");
  equal(code, 0);
  match(out, /^Group tudou: running/);
  deepEqual(asked, [{ kind: "status" }]);
});

Deno.test("status exits with 1 when a VIP is not held, and when there is a warning", async () => {
  const [first, ...others] = well.vips;
  if (first === undefined) throw new Error("Expected a VIP in the test's status");
  for (const state of ["moving", "uncovered", "unknown"] as const) {
    equal((await asking(answering({ vips: [{ ...first, state }, ...others] }), "status")).code, 1, state);
  }
  equal((await asking(answering({ warnings: ["something"] }), "status")).code, 1);
});

Deno.test("status --json prints the daemon's status as it is", async () => {
  deepEqual(JSON.parse((await asking(answering(), "status", "--json")).out), well);
  const states = ["member", "heard", "silent", "left", "disputed"] as const;
  const hosts = states.map((state) => ({ ...host(state), state }));
  deepEqual(JSON.parse((await asking(answering({ hosts }), "status", "--json")).out), { ...well, hosts });
});

Deno.test("drain, resume, move and balance ask the daemon for what the command line says", async () => {
  const requests: [readonly string[], ControlRequest][] = [
    [["drain", "--reason", "new kernel"], { kind: "drain", reason: "new kernel" }],
    [["drain"], { kind: "drain", reason: "" }],
    [["drain", "--persist"], { kind: "drain", reason: "", persist: true }],
    [["resume", "--reason", "done"], { kind: "resume", reason: "done" }],
    [["move", "web-a", "test01"], { kind: "move", vip: "web-a", to: "test01" }],
    [["balance"], { kind: "balance" }],
  ];
  for (const [args, request] of requests) {
    const { code, err, asked } = await asking(answering(), ...args);
    equal(code, 0);
    equal(err, "");
    deepEqual(asked, [request]);
  }
});

Deno.test("drain says which VIPs no other host can hold", async () => {
  const uncovered = well.vips.map((vip) => ({ ...vip, state: "uncovered" as const, holder: null }));
  equal((await asking(answering(), "drain")).out, "Host test00 drains, and no VIP is on it any more\n");
  equal(
    (await asking(answering({ vips: uncovered }), "drain")).out,
    "Host test00 drains, and no VIP is on it any more; no other host can hold web-a, web-bb, mail\n",
  );
});

Deno.test("resume, move and balance say in a line what was done", async () => {
  equal((await asking(answering(), "resume")).out, "Host test00 takes part again\n");
  equal((await asking(answering(), "move", "web-a", "test01")).out, "VIP web-a is on host test01\n");
  equal(
    (await asking(answering(), "balance")).out,
    "Nothing to balance: the loads are as even as weights, preferences and the moves of operators let them be. " +
      "VIPs by host: test00 1, test01 1, test02 1\n",
  );
  const move = { vip: "mail", from: "test01", to: "test02", reason: "balance" };
  const moves = [Date.now() + 60_000, Date.now() - 60_000].map((ms) => ({
    ...move,
    at: new Date(ms).toISOString(),
  }));
  equal(
    (await asking(answering({ moves }), "balance")).out,
    "A balance round is decided: 1 VIP moved. VIPs by host: test00 1, test01 1, test02 1\n",
  );
});

Deno.test("drain, resume, move and balance print the status with --json", async () => {
  for (const args of [["drain"], ["resume"], ["move", "web-a", "test01"], ["balance"]]) {
    deepEqual(JSON.parse((await asking(answering(), ...args, "--json")).out), well);
  }
});

Deno.test("a refusal is told on standard error and exits with 1", async () => {
  for (const args of [["drain"], ["resume"], ["move", "web-a", "test01"], ["balance"]]) {
    const { code, out, err } = await asking(refusing, ...args);
    deepEqual({ code, out, err }, { code: 1, out: "", err: "Cannot do it: for a reason\n" });
  }
});

Deno.test("a daemon that is just starting or stopping is as good as none: exit code 2", async () => {
  const busy = (): ControlResponse => ({
    kind: "refused",
    http: 503,
    error: "The daemon is starting: ask again",
  });
  for (const args of [["status"], ["drain"], ["drain", "--persist"], ["resume"], ["balance"]]) {
    const { code, out, err } = await asking(busy, ...args);
    deepEqual({ code, out, err }, { code: 2, out: "", err: "The daemon is starting: ask again\n" });
  }
});

Deno.test("every command that asks exits with 2 when no daemon answers, and says where it asked", async () => {
  for (
    const args of [["status"], ["status", "--json"], ["drain"], ["resume"], ["move", "web-a", "b"], [
      "balance",
    ]]
  ) {
    const { code, out, err } = await molehill(...args, "--runtime-dir", "/nowhere/run");
    equal(code, 2);
    equal(out, "");
    match(err, /^Cannot reach the daemon on "\/nowhere\/run\/control\.sock": no such socket/);
  }
});

Deno.test("plan asks for the hosts as they were named, each once, and exits with 1 when a VIP would be held by nobody", async () => {
  const planning = (change: Partial<Plan> = {}) => (): ControlResponse => ({
    kind: "plan",
    plan: { ...planned, ...change },
  });
  const well = await asking(planning(), "plan", "--without", "test02,test01,test02");
  equal(well.code, 0);
  match(well.out, /^Without test02: 1 VIP would move, 2 VIPs would stay$/m);
  deepEqual(well.asked, [{ kind: "plan", without: ["test02", "test01"] }]);
  equal((await asking(planning({ covered: false }), "plan", "--without", "test02")).code, 1);
  const json = await asking(planning(), "plan", "--without", "test02", "--json");
  deepEqual(JSON.parse(json.out), planned);
});

Deno.test("plan exits with 1 when the daemon refuses, and with 2 when there is none", async () => {
  const { code, out, err } = await asking(refusing, "plan", "--without", "test09");
  deepEqual([code, out, err], [1, "", "Cannot do it: for a reason\n"]);
  equal((await molehill("plan", "--without", "a", "--runtime-dir", "/nonexistent")).code, 2);
});

Deno.test("monitor without a terminal prints the table once, and exits with 1 when there is a warning", async () => {
  const monitoring = (warnings: readonly string[]) => (): ControlResponse => ({
    kind: "monitor",
    monitor: { ...monitored, warnings },
  });
  for (const args of [["monitor"], ["monitor", "--once"]]) {
    const { code, out, asked } = await asking(monitoring([]), ...args);
    equal(code, 0);
    match(out, /^Group tudou as test00 sees it: running, view 12/);
    deepEqual(asked, [{ kind: "monitor" }]);
  }
  equal((await asking(monitoring(["something"]), "monitor", "--once")).code, 1);
  deepEqual(JSON.parse((await asking(monitoring([]), "monitor", "--json")).out), monitored);
  equal((await molehill("monitor", "--once", "--runtime-dir", "/nonexistent")).code, 2);
});

Deno.test("explain exits with 0 when the VIP is held, with 1 when it is not or in trouble, with 2 without a daemon", async () => {
  const explaining = (explanation: Explanation) => (): ControlResponse => ({
    kind: "explanation",
    explanation,
  });
  const held = await asking(explaining(explained), "explain", "web-a");
  equal(held.code, 0);
  match(held.out, /^VIP "web-a" is held by test00 for 3m12s: nobody held it\n/);
  deepEqual(held.asked, [{ kind: "explain", vip: "web-a" }]);
  deepEqual(JSON.parse((await asking(explaining(explained), "explain", "web-a", "--json")).out), explained);
  equal((await asking(explaining(heldByNobody), "explain", "web-a")).code, 1);
  equal((await asking(explaining({ ...explained, trouble: ["something"] }), "explain", "web-a")).code, 1);
  equal((await molehill("explain", "web-a", "--runtime-dir", "/nonexistent")).code, 2);
});

Deno.test("explain exits with 64 when there is no such VIP, and names the one that may be meant", async () => {
  const answer = (request: ControlRequest): ControlResponse =>
    request.kind === "status" ? { kind: "status", status: well } : {
      kind: "refused",
      http: 404,
      error: 'Cannot explain "web-x": no VIP has this name (found web-a, ...)',
    };
  const { code, out, err } = await asking(answer, "explain", "web-bbb");
  deepEqual([code, out], [64, ""]);
  match(err, /^Cannot explain "web-x": .*\n\nDid you mean web-bb or web-a\?\n$/);
  equal((await asking(refusing, "explain", "web-a")).code, 1);
});
