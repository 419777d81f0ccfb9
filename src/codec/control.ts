// The control interface: what a client may ask the daemon over its Unix socket, and what it answers, as JSON.
//
//   GET  /v1/status                              200 Status
//   GET  /v1/plan?without=HOST,HOST              200 Plan, what would be without these hosts
//   GET  /v1/events?after=N&wait=SECONDS         200 Events after entry N; at once, or as soon as there is one
//   GET  /v1/monitor                             200 Monitor, how this host sees every other
//   GET  /v1/explain?vip=NAME                    200 Explanation, why a VIP, also by an address of it, is where it is
//   POST /v1/drain    {"reason": "...", "persist": false} 200 Status, once this host holds nothing
//   POST /v1/resume   {"reason": "..."}          200 Status, once this host takes part again
//   POST /v1/move     {"vip": "...", "to": "..."} 200 Status, once the VIP is there
//   POST /v1/balance  {}                         200 Status, once a balance round has been decided
//   POST /v1/send     {"text": "..."}            200 Status, once the group has heard it
//
// Anything else is answered with {"error": "..."} and 400, 404, 405, 409 (cannot be done), 503 (the daemon is just
// starting or stopping) or 504 (not done in time).

import {
  array,
  boolean,
  dictionary,
  excerpt,
  line,
  nullable,
  number,
  object,
  optional,
  parseJson,
  type Shape,
  strictObject,
  string,
  wholeNumber,
  word,
} from "./json_shape.ts";
import type { Explanation } from "./explanation.ts";
import type { Monitor } from "./monitor.ts";
import { MESSAGE, REASON } from "./one_line.ts";
import { type Parsed, parsed, problem } from "./parsed.ts";

export type ControlRequest =
  | { readonly kind: "status" }
  | { readonly kind: "plan"; readonly without: readonly string[] }
  | { readonly kind: "monitor" }
  | { readonly kind: "explain"; readonly vip: string }
  /** `persist`: a daemon that starts here later drains too. */
  | { readonly kind: "drain"; readonly reason: string; readonly persist?: boolean }
  | { readonly kind: "resume"; readonly reason: string }
  | { readonly kind: "move"; readonly vip: string; readonly to: string }
  | { readonly kind: "balance" }
  | { readonly kind: "events"; readonly after: number; readonly wait: number }
  | { readonly kind: "send"; readonly text: string };

export type ControlResponse =
  | { readonly kind: "status"; readonly status: Status }
  | { readonly kind: "plan"; readonly plan: Plan }
  | { readonly kind: "events"; readonly events: Events }
  | { readonly kind: "monitor"; readonly monitor: Monitor }
  | { readonly kind: "explanation"; readonly explanation: Explanation }
  | Refused;

export interface Refused {
  readonly kind: "refused";
  /** The HTTP status code. */
  readonly http: 400 | 404 | 405 | 409 | 503 | 504;
  /** Says what, what was found and what was wanted. */
  readonly error: string;
}

/** A request as HTTP carries it. The path is what stands in the request line; no body is an empty one. */
export interface HttpRequest {
  readonly method: string;
  readonly path: string;
  readonly body: string;
}

/** An answer as HTTP carries it. */
export interface HttpResponse {
  readonly http: number;
  readonly body: string;
}

/** The answer of `status --json`: documented in README, stable. Times are ISO 8601 in UTC. */
export interface Status {
  readonly version: string;
  readonly group: string;
  readonly host: string;
  readonly phase: "booting" | "gathering" | "running" | "fenced" | "leaving" | "left";
  readonly mature: boolean;
  /** Why this host drains; null when it does not. */
  readonly draining: string | null;
  /** Since when it does, and whether it will after the daemon has been started again; null when it does not. */
  readonly drain: { readonly since: string; readonly persistent: boolean } | null;
  readonly view: {
    readonly number: number;
    readonly coordinator: string;
    readonly members: readonly string[];
  } | null;
  readonly hosts: readonly {
    readonly name: string;
    readonly state: "member" | "heard" | "silent" | "left" | "disputed";
    readonly draining: boolean;
    readonly mature: boolean;
    /** False when it reads another configuration than the answering host. */
    readonly same_configuration: boolean;
    /** What its configuration says otherwise than that of most members: the first of it, and how many more. */
    readonly differences: readonly {
      /** Of a setting, as "timing.timeout", or "vip" and a VIP's name. */
      readonly name: string;
      /** What its configuration says; null: it has nothing of that name. */
      readonly here: string | null;
      /** What that of most members says. */
      readonly elsewhere: string | null;
    }[];
    readonly more_differences: number;
    /** It came and went so often lately that it is given only what no other host can hold. */
    readonly damped: boolean;
    /** The health checks that it fails; of other hosts as far as the view says. */
    readonly failing: readonly {
      readonly check: string;
      /** The VIPs that it should not hold, the first few, and how many there are besides; null: none at all. */
      readonly vips: readonly string[] | null;
      readonly more_vips: number;
      /** Why, for people. */
      readonly problem: string;
    }[];
    readonly silent_for_ms: number | null;
    readonly vips: number;
    /** The segments that the host shares with the answering one, in the file's order; none of the answering one. */
    readonly paths: readonly {
      readonly segment: string;
      readonly heard: boolean;
      /** Since it was last heard there; null: never. */
      readonly silent_for_ms: number | null;
    }[];
  }[];
  readonly vips: readonly {
    readonly name: string;
    /** False when only other hosts' configurations have it. */
    readonly known: boolean;
    /** With prefix, as "192.168.9.109/32"; none of a VIP that is not known here. */
    readonly addresses: readonly string[];
    readonly holder: string | null;
    readonly state: "held" | "moving" | "uncovered" | "unknown";
    readonly since: string | null;
    readonly reason: string | null;
    /** What is on the answering host itself. */
    readonly here: "absent" | "awaiting" | "adding" | "held" | "lingering" | "removing";
    readonly problem: string | null;
    /** Which notify targets have proved that they know where it is; null: it is not here, or there are none. */
    readonly notified: {
      /** How many have; of a block, each neighbour that has. */
      readonly confirmed: number;
      /** Single targets that have not: the first few, and how many more there are. */
      readonly missing: readonly string[];
      readonly more: number;
      /** How many neighbours that were collected (arp_cache) have answered besides. */
      readonly neighbours: number;
    } | null;
    /** Who else answers for it, as the answering host hears; null: nobody. */
    readonly contender: {
      readonly mac: string;
      /** The host of the group that it is; null: none, or it is not known. */
      readonly host: string | null;
      readonly last_heard: string;
    } | null;
  }[];
  /** Newest first. */
  readonly moves: readonly {
    readonly at: string;
    readonly vip: string;
    readonly from: string | null;
    readonly to: string | null;
    readonly reason: string;
  }[];
  /** Whom it would tell of a VIP that comes to it, besides the notify targets; null: arp_cache is off. */
  readonly neighbours: {
    readonly known: number;
    /** How many hosts they were collected by. */
    readonly hosts: number;
    /** Since the one that was told of least lately was told of; null: none is known. */
    readonly oldest_ms: number | null;
  } | null;
  /** Datagrams that changed nothing, by why. */
  readonly dropped: Readonly<Record<string, number>>;
  /** What a person should look at, most important first; empty when all is well. */
  readonly warnings: readonly string[];
}

/** The answer of `plan --json`: documented in README, stable. "Then": once the others have taken over. */
export interface Plan {
  readonly version: string;
  readonly group: string;
  /** Who answers. */
  readonly host: string;
  readonly view: NonNullable<Status["view"]>;
  /** The hosts that are thought away. */
  readonly without: readonly string[];
  /** Those of them that are not in the view anyway. */
  readonly not_members: readonly string[];
  /** The members that would be left. */
  readonly remaining: readonly string[];
  /** How many hosts it takes to hold VIPs: with partition = "quorum" a majority, else 1. */
  readonly needed: number;
  /** Whether those that would be left may hold VIPs at all. */
  readonly serves: boolean;
  /** Whether every VIP would be held. */
  readonly covered: boolean;
  /** Members of the view, with how many VIPs each carries. */
  readonly hosts: readonly { readonly name: string; readonly now: number; readonly then: number }[];
  readonly vips: readonly {
    readonly name: string;
    readonly now: string | null;
    /** Null: nobody would hold it. */
    readonly then: string | null;
    /** Why it would be there; null when nobody would hold it. */
    readonly reason: string | null;
    /** Why nobody would hold it; null when somebody would. */
    readonly problem: string | null;
  }[];
  /** How many VIPs the balance rounds after that would move besides. */
  readonly balance_moves: number;
  /** What may make the answer differ from what will be. */
  readonly notes: readonly string[];
}

/** The answer of `events --json`: documented in README, stable. */
export interface Events {
  readonly version: string;
  readonly group: string;
  readonly host: string;
  /** Oldest first. */
  readonly entries: readonly EventEntry[];
  /** The number of the newest entry that there is; 0: none. */
  readonly last: number;
}

export interface EventEntry {
  /** Counts the entries of the answering host, over restarts. */
  readonly number: number;
  /** By the clock of the answering host. */
  readonly at: string;
  /** "group": every member has it, in the same order. "host": the answering one knows of it. */
  readonly scope: "group" | "host";
  readonly level: "debug" | "info" | "warning" | "error";
  readonly kind: string;
  readonly text: string;
  readonly details: Readonly<{ [name: string]: unknown }>;
}

/** A body above this is not read any further. */
export const CONTROL_BODY_BYTES_MAX = 65_536;

/** Reads a request; what is not one is refused with an error for people. */
export function parseControlRequest({ method, path: target, body }: HttpRequest): ControlRequest | Refused {
  const [path = "", query] = target.split(/\?(.*)/s);
  const endpoint = Object.values(ENDPOINTS).find((each) => each.path === path);
  if (endpoint === undefined || (query !== undefined && !endpoint.isAskedByQuery)) {
    return refused(404, `Cannot find ${excerpt(target)}: wanted ${PATHS}`);
  }
  if (method !== endpoint.method) return refused(405, `Cannot ${method} ${path}: wanted ${endpoint.method}`);
  if (body.length > CONTROL_BODY_BYTES_MAX) {
    return refused(400, `Cannot read the request: wanted at most ${CONTROL_BODY_BYTES_MAX} bytes`);
  }
  const fields = endpoint.isAskedByQuery ? jsonOfQuery(query ?? "") : body.trim() === "" ? "{}" : body;
  const request = parseJson(fields, endpoint.request);
  return request.ok ? request.value : refused(400, `Cannot read the request: ${request.problem}`);
}

/** The request that parseControlRequest reads as this one. */
export function controlRequestToHttp(request: ControlRequest): HttpRequest {
  const { kind, ...fields } = request;
  const { method, path } = ENDPOINTS[kind];
  if (request.kind === "events") {
    return { method, path: `${path}?after=${request.after}&wait=${request.wait}`, body: "" };
  }
  if (request.kind === "plan") {
    return { method, path: `${path}?without=${request.without.map(encodeURIComponent).join(",")}`, body: "" };
  }
  if (request.kind === "explain") {
    return { method, path: `${path}?vip=${encodeURIComponent(request.vip)}`, body: "" };
  }
  return { method, path, body: method === "GET" ? "" : JSON.stringify(fields) };
}

export function controlResponseToHttp(response: ControlResponse): HttpResponse {
  if (response.kind === "refused") return { http: response.http, body: json({ error: response.error }) };
  return { http: 200, body: json(contentsOf(response)) };
}

function contentsOf(response: Exclude<ControlResponse, Refused>): unknown {
  switch (response.kind) {
    case "status":
      return response.status;
    case "plan":
      return response.plan;
    case "events":
      return response.events;
    case "monitor":
      return response.monitor;
    case "explanation":
      return response.explanation;
  }
}

/** What a daemon answered: what was asked for, or why not. */
export type Answered<Found> = { readonly kind: "found"; readonly found: Found } | Refused;

/** Reads what a daemon answered, by `parseStatus` or `parsePlan`; the problem is for people. */
export function parseControlResponse<Found>(
  { http, body }: HttpResponse,
  parse: (text: string) => Parsed<Found>,
): Parsed<Answered<Found>> {
  if (http === 200) {
    const read = parse(body);
    return read.ok ? parsed({ kind: "found", found: read.value }) : read;
  }
  const known = REFUSALS.find((each) => each === http);
  const refusal = parseJson(body, object<{ readonly error: string }>({ error: string }));
  if (known !== undefined && refusal.ok) return parsed(refused(known, refusal.value.error));
  return problem(`Cannot read the daemon's answer: HTTP status ${http} with ${excerpt(body)}`);
}

/** Reads a plan. Fields that this version does not know are left out. */
export function parsePlan(text: string): Parsed<Plan> {
  const plan = parseJson(text, planShape);
  return plan.ok ? plan : problem(`Cannot read the daemon's plan: ${plan.problem}`);
}

/** Reads a record. Fields that this version does not know are left out. */
export function parseEvents(text: string): Parsed<Events> {
  const events = parseJson(text, eventsShape);
  return events.ok ? events : problem(`Cannot read the daemon's record: ${events.problem}`);
}

/** Reads a status. Fields that this version does not know are left out. */
export function parseStatus(text: string): Parsed<Status> {
  const status = parseJson(text, statusShape);
  return status.ok ? status : problem(`Cannot read the daemon's status: ${status.problem}`);
}

interface Endpoint {
  readonly method: "GET" | "POST";
  readonly path: string;
  /** Its fields stand in the query, each as text; else they are the body. */
  readonly isAskedByQuery?: true;
  readonly request: Shape<ControlRequest>;
}

const jsonOfQuery = (query: string): string => JSON.stringify(Object.fromEntries(new URLSearchParams(query)));

/** A request's fields without its kind: what the body carries. */
type BodyOf<Kind extends ControlRequest["kind"]> = Omit<
  Extract<ControlRequest, { readonly kind: Kind }>,
  "kind"
>;

/** A client that waits for entries asks again after so long. */
const LISTEN_SECONDS_MAX = 60;

const name = line({ lengthMin: 1, lengthMax: 255 });
const reason = optional(line(REASON), "");

const names: Shape<readonly string[]> = (value, at) =>
  string(value, at).split(",").map((each) => name(each, at));

const planQuery = strictObject<BodyOf<"plan">>({ without: names });
const monitorBody = strictObject<BodyOf<"monitor">>({});
const explainQuery = strictObject<BodyOf<"explain">>({ vip: name });
const statusBody = strictObject<BodyOf<"status">>({});
const drainBody = strictObject<Required<BodyOf<"drain">>>({ reason, persist: optional(boolean, false) });
const resumeBody = strictObject<BodyOf<"resume">>({ reason });
const moveBody = strictObject<BodyOf<"move">>({ vip: name, to: name });
const balanceBody = strictObject<BodyOf<"balance">>({});
const eventsQuery = strictObject<BodyOf<"events">>({
  after: optional(digits(Number.MAX_SAFE_INTEGER), 0),
  wait: optional(digits(LISTEN_SECONDS_MAX), 0),
});
const sendBody = strictObject<BodyOf<"send">>({ text: line(MESSAGE) });

/** A whole number as a query has it. */
function digits(max: number): Shape<number> {
  const whole = wholeNumber({ min: 0, max });
  return (value, at) => whole(/^\d{1,16}$/.test(string(value, at)) ? Number(value) : value, at);
}

const ENDPOINTS: Readonly<Record<ControlRequest["kind"], Endpoint>> = {
  status: {
    method: "GET",
    path: "/v1/status",
    request: (value, at) => ({ kind: "status", ...statusBody(value, at) }),
  },
  plan: {
    method: "GET",
    path: "/v1/plan",
    isAskedByQuery: true,
    request: (value, at) => ({ kind: "plan", ...planQuery(value, at) }),
  },
  monitor: {
    method: "GET",
    path: "/v1/monitor",
    request: (value, at) => ({ kind: "monitor", ...monitorBody(value, at) }),
  },
  explain: {
    method: "GET",
    path: "/v1/explain",
    isAskedByQuery: true,
    request: (value, at) => ({ kind: "explain", ...explainQuery(value, at) }),
  },
  drain: {
    method: "POST",
    path: "/v1/drain",
    request: (value, at) => {
      const { reason, persist } = drainBody(value, at);
      return { kind: "drain", reason, ...(persist ? { persist } : {}) };
    },
  },
  resume: {
    method: "POST",
    path: "/v1/resume",
    request: (value, at) => ({ kind: "resume", ...resumeBody(value, at) }),
  },
  move: {
    method: "POST",
    path: "/v1/move",
    request: (value, at) => ({ kind: "move", ...moveBody(value, at) }),
  },
  balance: {
    method: "POST",
    path: "/v1/balance",
    request: (value, at) => ({ kind: "balance", ...balanceBody(value, at) }),
  },
  events: {
    method: "GET",
    path: "/v1/events",
    isAskedByQuery: true,
    request: (value, at) => ({ kind: "events", ...eventsQuery(value, at) }),
  },
  send: {
    method: "POST",
    path: "/v1/send",
    request: (value, at) => ({ kind: "send", ...sendBody(value, at) }),
  },
};

const PATHS = Object.values(ENDPOINTS).map(({ path }) => path).join(" or ");

const REFUSALS = [400, 404, 405, 409, 503, 504] as const;

const refused = (http: Refused["http"], error: string): Refused => ({ kind: "refused", http, error });

const json = (value: unknown): string => `${JSON.stringify(value)}\n`;

export const phaseShape = word("booting", "gathering", "running", "fenced", "leaving", "left");
export const hostStateShape = word("member", "heard", "silent", "left", "disputed");

type Row<Of> = Of extends readonly (infer Item)[] ? Item : never;

const pathShape = object<Row<Row<Status["hosts"]>["paths"]>>({
  segment: string,
  heard: boolean,
  silent_for_ms: nullable(number),
});

const differenceShape = object<Row<Row<Status["hosts"]>["differences"]>>({
  name: string,
  here: nullable(string),
  elsewhere: nullable(string),
});

const failingShape = object<Row<Row<Status["hosts"]>["failing"]>>({
  check: string,
  vips: nullable(array(string)),
  more_vips: number,
  problem: string,
});

const hostShape = object<Row<Status["hosts"]>>({
  name: string,
  state: hostStateShape,
  draining: boolean,
  mature: boolean,
  same_configuration: boolean,
  differences: array(differenceShape),
  more_differences: number,
  damped: boolean,
  failing: array(failingShape),
  silent_for_ms: nullable(number),
  vips: number,
  paths: array(pathShape),
});

export const vipShape = object<Row<Status["vips"]>>({
  name: string,
  known: boolean,
  addresses: array(string),
  holder: nullable(string),
  state: word("held", "moving", "uncovered", "unknown"),
  since: nullable(string),
  reason: nullable(string),
  here: word("absent", "awaiting", "adding", "held", "lingering", "removing"),
  problem: nullable(string),
  notified: nullable(object<NonNullable<Row<Status["vips"]>["notified"]>>({
    confirmed: number,
    missing: array(string),
    more: number,
    neighbours: number,
  })),
  contender: nullable(object<NonNullable<Row<Status["vips"]>["contender"]>>({
    mac: string,
    host: nullable(string),
    last_heard: string,
  })),
});

export const moveShape = object<Row<Status["moves"]>>({
  at: string,
  vip: string,
  from: nullable(string),
  to: nullable(string),
  reason: string,
});

export const viewShape = object<NonNullable<Status["view"]>>({
  number,
  coordinator: string,
  members: array(string),
});

const statusShape = object<Status>({
  version: string,
  group: string,
  host: string,
  phase: phaseShape,
  mature: boolean,
  draining: nullable(string),
  drain: nullable(object<NonNullable<Status["drain"]>>({ since: string, persistent: boolean })),
  view: nullable(viewShape),
  hosts: array(hostShape),
  vips: array(vipShape),
  moves: array(moveShape),
  neighbours: nullable(object<NonNullable<Status["neighbours"]>>({
    known: number,
    hosts: number,
    oldest_ms: nullable(number),
  })),
  dropped: dictionary(number),
  warnings: array(string),
});

const anything: Shape<unknown> = (value) => value;

const entryShape = object<EventEntry>({
  number: wholeNumber({ min: 1, max: Number.MAX_SAFE_INTEGER }),
  at: string,
  scope: word("group", "host"),
  level: word("debug", "info", "warning", "error"),
  kind: string,
  text: string,
  details: dictionary(anything),
});

/** An entry as a record keeps it: one line of JSON. */
export const parseEntry = (text: string): Parsed<EventEntry> => parseJson(text, entryShape);

const eventsShape = object<Events>({
  version: string,
  group: string,
  host: string,
  entries: array(entryShape),
  last: number,
});

const loadShape = object<Row<Plan["hosts"]>>({ name: string, now: number, then: number });

const outlookShape = object<Row<Plan["vips"]>>({
  name: string,
  now: nullable(string),
  then: nullable(string),
  reason: nullable(string),
  problem: nullable(string),
});

const planShape = object<Plan>({
  version: string,
  group: string,
  host: string,
  view: viewShape,
  without: array(string),
  not_members: array(string),
  remaining: array(string),
  needed: number,
  serves: boolean,
  covered: boolean,
  hosts: array(loadShape),
  vips: array(outlookShape),
  balance_moves: number,
  notes: array(string),
});
