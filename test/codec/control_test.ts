import assert from "node:assert/strict";
import { fc } from "../support/property.ts";
import {
  CONTROL_BODY_BYTES_MAX,
  type ControlRequest,
  controlRequestToHttp,
  controlResponseToHttp,
  parseControlRequest,
  parseControlResponse,
  parsePlan,
  parseStatus,
  type Plan,
  type Status,
} from "../../src/codec/control.ts";

const requests: {
  readonly [Kind in ControlRequest["kind"]]: Extract<ControlRequest, { readonly kind: Kind }>;
} = {
  status: { kind: "status" },
  plan: { kind: "plan", without: ["test01", "test02.example.org"] },
  monitor: { kind: "monitor" },
  explain: { kind: "explain", vip: "web a/\u00e4&b=c" },
  drain: { kind: "drain", reason: "new kernel" },
  resume: { kind: "resume", reason: "" },
  move: { kind: "move", vip: "web-a", to: "test01" },
  balance: { kind: "balance" },
  events: { kind: "events", after: 17, wait: 20 },
  send: { kind: "send", text: "reboot at noon" },
};

const status: Status = {
  version: "0.1.0",
  group: "tudou",
  host: "test00",
  phase: "running",
  mature: true,
  draining: null,
  drain: { since: "2030-01-02T03:04:05.678Z", persistent: true },
  view: { number: 7, coordinator: "test00", members: ["test00", "test01"] },
  hosts: [{
    name: "test00",
    state: "member",
    draining: false,
    mature: true,
    same_configuration: true,
    differences: [],
    more_differences: 0,
    damped: false,
    failing: [{ check: "web", vips: ["web-a"], more_vips: 2, problem: "exit code 1" }],
    silent_for_ms: null,
    vips: 1,
    paths: [],
  }, {
    name: "test01",
    state: "member",
    draining: false,
    mature: true,
    same_configuration: true,
    differences: [],
    more_differences: 0,
    damped: false,
    failing: [{ check: "web", vips: null, more_vips: 0, problem: "exit code 1" }],
    silent_for_ms: 40,
    vips: 0,
    paths: [
      { segment: "lan", heard: true, silent_for_ms: 40 },
      { segment: "back", heard: false, silent_for_ms: null },
    ],
  }],
  vips: [{
    name: "web-a",
    known: true,
    addresses: ["192.168.9.109/32"],
    holder: "test00",
    state: "held",
    since: "2026-01-02T03:04:05.678Z",
    reason: "unheld",
    here: "held",
    problem: null,
    notified: { confirmed: 1, missing: ["192.168.8.1"], more: 0, neighbours: 2 },
    contender: { mac: "02:00:5e:10:00:01", host: null, last_heard: "2026-01-02T03:04:05.678Z" },
  }],
  moves: [{ at: "2026-01-02T03:04:05.678Z", vip: "web-a", from: null, to: "test00", reason: "unheld" }],
  neighbours: { known: 4, hosts: 3, oldest_ms: null },
  dropped: { stale: 5 },
  warnings: ["No key file: everybody on the network can speak as a host"],
};

const plan: Plan = {
  version: "0.1.0",
  group: "tudou",
  host: "test00",
  view: { number: 7, coordinator: "test00", members: ["test00", "test01"] },
  without: ["test01", "test02"],
  not_members: ["test02"],
  remaining: ["test00"],
  needed: 1,
  serves: true,
  covered: false,
  hosts: [{ name: "test00", now: 1, then: 1 }, { name: "test01", now: 1, then: 0 }],
  vips: [
    { name: "web-a", now: "test00", then: "test00", reason: "unheld", problem: null },
    { name: "web-b", now: "test01", then: null, reason: null, problem: "test01 would be gone" },
  ],
  balance_moves: 0,
  notes: ["Not in the view, so that nothing is lost with it: test02"],
};

/** The error and the HTTP status of a request that must be refused. */
function refusalOf(
  request: Partial<{ method: string; path: string; body: string }>,
): readonly [number, string] {
  const answer = parseControlRequest({ method: "POST", path: "/v1/drain", body: "", ...request });
  assert(answer.kind === "refused", `read ${JSON.stringify(answer)}`);
  return [answer.http, answer.error];
}

Deno.test("every request is read as it was sent", () => {
  for (const request of Object.values<ControlRequest>(requests)) {
    assert.deepEqual(parseControlRequest(controlRequestToHttp(request)), request);
  }
  const lasting: ControlRequest = { kind: "drain", reason: "new kernel", persist: true };
  assert.deepEqual(parseControlRequest(controlRequestToHttp(lasting)), lasting);
});

Deno.test("requests are what the head of control.ts documents", () => {
  assert.deepEqual(Object.values<ControlRequest>(requests).map(controlRequestToHttp), [
    { method: "GET", path: "/v1/status", body: "" },
    { method: "GET", path: "/v1/plan?without=test01,test02.example.org", body: "" },
    { method: "GET", path: "/v1/monitor", body: "" },
    { method: "GET", path: "/v1/explain?vip=web%20a%2F%C3%A4%26b%3Dc", body: "" },
    { method: "POST", path: "/v1/drain", body: '{"reason":"new kernel"}' },
    { method: "POST", path: "/v1/resume", body: '{"reason":""}' },
    { method: "POST", path: "/v1/move", body: '{"vip":"web-a","to":"test01"}' },
    { method: "POST", path: "/v1/balance", body: "{}" },
    { method: "GET", path: "/v1/events?after=17&wait=20", body: "" },
    { method: "POST", path: "/v1/send", body: '{"text":"reboot at noon"}' },
  ]);
});

Deno.test("a reason may be left out, and so may an empty body", () => {
  const drain = { kind: "drain", reason: "" };
  assert.deepEqual(parseControlRequest({ method: "POST", path: "/v1/drain", body: "" }), drain);
  assert.deepEqual(parseControlRequest({ method: "POST", path: "/v1/drain", body: "{}\n" }), drain);
});

Deno.test("the hosts of a plan are read from the query as a URL carries it", () => {
  const asked = (path: string) => parseControlRequest({ method: "GET", path, body: "" });
  assert.deepEqual(asked("/v1/plan?without=a%2Cb"), { kind: "plan", without: ["a", "b"] });
  assert.deepEqual(asked("/v1/plan?without=%41"), { kind: "plan", without: ["A"] });
});

Deno.test("a plan without hosts, or a query where none is wanted, is refused", () => {
  const get = { method: "GET", body: "" };
  assert.deepEqual(refusalOf({ ...get, path: "/v1/plan" }), [
    400,
    'Cannot read the request: "without" is missing, wanted a text',
  ]);
  assert.deepEqual(refusalOf({ ...get, path: "/v1/plan?without=a,," }), [
    400,
    'Cannot read the request: "without" is empty, wanted one line of 1 to 255 characters',
  ]);
  assert.deepEqual(refusalOf({ ...get, path: "/v1/plan?without=a&host=b" }), [
    400,
    'Cannot read the request: unknown field "host", wanted "without"',
  ]);
  assert.equal(refusalOf({ ...get, path: "/v1/status?without=a" })[0], 404);
});

Deno.test("what is no request is refused with what is so and what was wanted", () => {
  const paths =
    "/v1/status or /v1/plan or /v1/monitor or /v1/explain or /v1/drain or /v1/resume or /v1/move " +
    "or /v1/balance or /v1/events or /v1/send";
  assert.deepEqual(refusalOf({ path: "/v1/fence" }), [404, `Cannot find "/v1/fence": wanted ${paths}`]);
  assert.deepEqual(refusalOf({ method: "GET" }), [405, "Cannot GET /v1/drain: wanted POST"]);
  assert.deepEqual(refusalOf({ path: "/v1/status" }), [405, "Cannot POST /v1/status: wanted GET"]);
  assert.deepEqual(refusalOf({ body: "reason" }), [400, 'Cannot read the request: it is not JSON: "reason"']);
  assert.deepEqual(refusalOf({ body: '{"raeson":""}' }), [
    400,
    'Cannot read the request: unknown field "raeson", wanted "persist" or "reason"',
  ]);
  assert.deepEqual(refusalOf({ path: "/v1/move", body: '{"vip":"web-a"}' }), [
    400,
    'Cannot read the request: "to" is missing, wanted one line of 1 to 255 characters',
  ]);
  assert.deepEqual(refusalOf({ body: '{"reason":"a\\nb"}' }), [
    400,
    'Cannot read the request: "reason" has U+000A, which ends a line or moves the cursor, wanted one line of 0 to 1000 characters',
  ]);
  assert.deepEqual(refusalOf({ body: " ".repeat(CONTROL_BODY_BYTES_MAX + 1) }), [
    400,
    "Cannot read the request: wanted at most 65536 bytes",
  ]);
});

Deno.test("every answer is read as it was sent", () => {
  const refusals = ([400, 404, 405, 409, 503, 504] as const).map((http) => ({
    kind: "refused" as const,
    http,
    error: "Cannot",
  }));
  for (const answer of refusals) {
    assert.deepEqual(parseControlResponse(controlResponseToHttp(answer), parseStatus), {
      ok: true,
      value: answer,
    });
  }
  assert.deepEqual(parseControlResponse(controlResponseToHttp({ kind: "status", status }), parseStatus), {
    ok: true,
    value: { kind: "found", found: status },
  });
  assert.deepEqual(parseControlResponse(controlResponseToHttp({ kind: "plan", plan }), parsePlan), {
    ok: true,
    value: { kind: "found", found: plan },
  });
});

Deno.test("an answer that is not the daemon's is a problem", () => {
  assert.deepEqual(parseControlResponse({ http: 502, body: "Bad gateway" }, parseStatus), {
    ok: false,
    problem: 'Cannot read the daemon\'s answer: HTTP status 502 with "Bad gateway"',
  });
  assert.equal(parseControlResponse({ http: 200, body: "{}" }, parseStatus).ok, false);
  assert.equal(parseControlResponse(controlResponseToHttp({ kind: "status", status }), parsePlan).ok, false);
  assert.equal(parseControlResponse({ http: 409, body: "{}" }, parseStatus).ok, false);
});

Deno.test("a status says where it is not one", () => {
  const [vip] = status.vips;
  const wrong = JSON.stringify({ ...status, vips: [vip, { ...vip, here: "gone" }] });
  assert.deepEqual(parseStatus(wrong), {
    ok: false,
    problem: `Cannot read the daemon's status: "vips[1].here" is "gone", ` +
      'wanted "absent" or "awaiting" or "adding" or "held" or "lingering" or "removing"',
  });
});

Deno.test("a status with more fields than this version knows is read without them", () => {
  assert.deepEqual(parseStatus(JSON.stringify({ ...status, later: 1 })), { ok: true, value: status });
});

Deno.test("any text is a request, an answer or neither, and never throws", () => {
  const paths = fc.constantFrom(
    "/v1/status",
    "/v1/plan",
    "/v1/plan?without=%",
    "/v1/drain",
    "/v1/move",
    "/v1/balance",
  );
  const texts = fc.oneof(fc.string(), fc.json(), fc.constantFrom('{"reason":1}', '{"vip":"a","to":"b"}'));
  fc.assert(fc.property(paths, fc.constantFrom("GET", "POST"), texts, (path, method, body) => {
    assert.equal(typeof parseControlRequest({ method, path, body }).kind, "string");
    assert.equal(typeof parseControlResponse({ http: 200, body }, parsePlan).ok, "boolean");
  }));
});
