// The control interface: what a client may ask the daemon over its Unix socket, and what it answers, as JSON.
//
//   GET  /v1/status                              200 Status
//   POST /v1/drain    {"reason": "..."}          200 Status, once this host holds nothing
//   POST /v1/resume   {"reason": "..."}          200 Status, once this host takes part again
//   POST /v1/move     {"vip": "...", "to": "..."} 200 Status, once the VIP is there
//   POST /v1/balance  {}                         200 Status, once a balance round has been decided
//
// Anything else is answered with {"error": "..."} and 400, 404, 405, 409 (cannot be done) or 504 (not done in time).

export type ControlRequest =
  | { readonly kind: "status" }
  | { readonly kind: "drain"; readonly reason: string }
  | { readonly kind: "resume"; readonly reason: string }
  | { readonly kind: "move"; readonly vip: string; readonly to: string }
  | { readonly kind: "balance" };

export type ControlResponse =
  | { readonly kind: "status"; readonly status: Status }
  /** `http` is the HTTP status code, `error` says what, what was found and what was wanted. */
  | { readonly kind: "refused"; readonly http: 400 | 404 | 405 | 409 | 504; readonly error: string };

/** The answer of `status --json`: documented in README, stable. Times are ISO 8601 in UTC. */
export interface Status {
  readonly version: string;
  readonly group: string;
  readonly host: string;
  readonly phase: "booting" | "gathering" | "running" | "fenced" | "leaving" | "left";
  readonly mature: boolean;
  /** Why this host drains; null when it does not. */
  readonly draining: string | null;
  readonly view: {
    readonly number: number;
    readonly coordinator: string;
    readonly members: readonly string[];
  } | null;
  readonly hosts: readonly {
    readonly name: string;
    readonly state: "member" | "heard" | "silent";
    readonly draining: boolean;
    readonly mature: boolean;
    readonly same_configuration: boolean;
    readonly silent_for_ms: number | null;
    readonly vips: number;
  }[];
  readonly vips: readonly {
    readonly name: string;
    /** With prefix, as "192.168.9.109/32". */
    readonly addresses: readonly string[];
    readonly holder: string | null;
    readonly state: "held" | "moving" | "uncovered" | "unknown";
    readonly since: string | null;
    readonly reason: string | null;
    /** What is on the answering host itself. */
    readonly here: "absent" | "awaiting" | "adding" | "held" | "removing";
    readonly problem: string | null;
  }[];
  /** Newest first. */
  readonly moves: readonly {
    readonly at: string;
    readonly vip: string;
    readonly from: string | null;
    readonly to: string | null;
    readonly reason: string;
  }[];
  /** Datagrams that changed nothing, by why. */
  readonly dropped: Readonly<Record<string, number>>;
  /** What a person should look at, most important first; empty when all is well. */
  readonly warnings: readonly string[];
}
