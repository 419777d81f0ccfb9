// Drains of this host: since when, why, and which of them outlive the daemon.
//
//   drain            until "resume", or until the daemon is started again
//   drain --persist  until "resume": a file says so to every daemon that starts here
//
// A drain that persists is on the disk before it begins; where that cannot be, it does not begin. A plain drain after it
// changes nothing: a health script that drains and resumes must not make less of an operator's word than that one did.
// "resume" ends both. Where the file cannot be removed this host takes part again all the same, and whoever asked is told
// that the next daemon will drain.
//
// A disk may take its time. What it has a say in is done in the order in which it was asked for, and whatever comes
// after a "resume" that waits for it waits too: the last word counts. A drain that is overtaken by a "resume" while the
// disk has yet to take it does not begin.

import type { ControlRequest, ControlResponse } from "../codec/control.ts";
import type { DrainRecord } from "../codec/drain_record.ts";
import type { DrainFile } from "./ports.ts";

/** A drain as status tells of it. */
export interface Drain {
  /** Milliseconds since 1970. */
  readonly since: number;
  readonly persists: boolean;
}

/** What a daemon that finds a drain at its start is to do and say. */
export interface Inherited {
  readonly reason: string;
  readonly isUnreadable: boolean;
  readonly text: string;
}

type DrainRequest = Extract<ControlRequest, { readonly kind: "drain" }>;

export type Prepared = { readonly kind: "ready" } | Extract<ControlResponse, { readonly kind: "refused" }>;

const ready: Prepared = { kind: "ready" };
const refused = (why: string): Prepared => ({
  kind: "refused",
  http: 409,
  error: `Cannot drain for good: ${why}`,
});

export class Drains {
  readonly #file: DrainFile;
  readonly #wallTime: () => number;
  /** What the file says; null: it is not there. */
  #kept: DrainRecord | null = null;
  #since: number | null = null;
  /** Why the file could not be removed; null: it could, or need not be. */
  #leftover: string | null = null;
  /** What is being prepared or waits for that, in order. */
  readonly #waiting: ControlRequest[] = [];
  #last: Promise<void> = Promise.resolve();

  constructor(file: DrainFile, wallTime: () => number) {
    this.#file = file;
    this.#wallTime = wallTime;
    const { found, path } = file;
    if (found === null) return;
    this.#kept = found.kind === "read" ? found : {
      reason:
        `${path} cannot be read (${found.problem}), so that nobody knows why this host is to be drained`,
      since: wallTime(),
    };
    this.#since = this.#kept.since;
  }

  /** The drain that an earlier daemon has left; null: none. */
  inherited(): Inherited | null {
    if (this.#kept === null) return null;
    const { reason, since } = this.#kept;
    const isUnreadable = this.#file.found?.kind === "unreadable";
    const why = reason === "" ? "" : ` (${reason})`;
    const when = isUnreadable ? "" : `, as it has been since ${new Date(since).toISOString()}`;
    return {
      reason,
      isUnreadable,
      text:
        `This host starts drained${when}${why}: "molehill resume" ends that, and removes ${this.#file.path}`,
    };
  }

  /** Whether the disk has a say in the request, or in one that it comes after: then it has to be prepared. */
  concerns(request: ControlRequest): boolean {
    if (request.kind === "drain") return request.persist === true || this.#isToResume();
    return request.kind === "resume" &&
      (this.#kept !== null || this.#leftover !== null || this.#waiting.length > 0);
  }

  /** What is to be asked of the node, once the disk says what it will have to say. It is asked before the next is ready. */
  prepare(request: ControlRequest): Promise<Prepared> {
    this.#waiting.push(request);
    const prepared = this.#last.then(() => this.#settle(request));
    this.#last = prepared.then(() => void this.#waiting.shift());
    return prepared;
  }

  async #settle(request: ControlRequest): Promise<Prepared> {
    if (request.kind === "drain") return request.persist ? await this.#keep(request) : ready;
    this.#leftover = await this.#file.remove();
    this.#kept = null;
    return ready;
  }

  /** It is written again where it should be there already: somebody may have removed it. */
  async #keep({ reason }: DrainRequest): Promise<Prepared> {
    const record = { reason, since: this.#since ?? this.#wallTime() };
    const problem = await this.#file.write(record);
    if (problem !== null) {
      return refused(
        `cannot write ${this.#file.path}: ${problem} (a drain without --persist needs no file)`,
      );
    }
    this.#kept = record;
    this.#leftover = null;
    if (this.#isToResume()) return refused("this host was told to resume before the disk had taken that");
    this.#since = record.since;
    return ready;
  }

  #isToResume(): boolean {
    return this.#waiting.some(({ kind }) => kind === "resume");
  }

  /** The request as the node is to hear it: the reason of a drain that persists stands. */
  phrased(request: ControlRequest): ControlRequest {
    if (request.kind !== "drain" || this.#kept === null) return request;
    return { ...request, reason: this.#kept.reason };
  }

  /** Takes note of a request that the node is about to hear. */
  begin(request: ControlRequest): void {
    if (request.kind === "drain") this.#since ??= this.#wallTime();
    if (request.kind === "resume") this.#since = null;
  }

  /** A resume after which the file is still there is not what was asked for. */
  conclude(request: ControlRequest, response: ControlResponse): ControlResponse {
    const warning = request.kind === "resume" && response.kind === "status" ? this.leftoverText() : null;
    return warning === null ? response : { kind: "refused", http: 409, error: warning };
  }

  /** What people must know of a file that is there and should not be; null: nothing. */
  leftoverText(): string | null {
    if (this.#leftover === null) return null;
    return `This host takes part again, but cannot remove ${this.#file.path}: ${this.#leftover}; the next daemon ` +
      `that starts here will drain`;
  }

  /** The drain that goes on; null: none does. */
  now(): Drain | null {
    return this.#since === null ? null : { since: this.#since, persists: this.#kept !== null };
  }
}
