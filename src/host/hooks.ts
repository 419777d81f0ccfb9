// The operator's hooks: started as session.ts starts programs, followed to their end, and ended when their time is over:
// whoever takes too long gets SIGTERM, and SIGKILL a moment later.

import { getPriority, setPriority } from "node:os";
import type { Hook, Hooks } from "../core/hook.ts";
import type { VipName } from "../core/vocabulary.ts";
import type { HookOutcome, HookPlace, HookProcess, HookPrograms, HookStart } from "../daemon/ports.ts";
import { messageOf } from "./command.ts";
import { lastLines } from "./last_lines.ts";
import type { PlacedVip } from "./placed_vip.ts";
import { type Session, signalSession, startSession } from "./session.ts";
import type { LocalUser } from "./users.ts";

export interface HookOptions {
  readonly hooks: Hooks;
  readonly vips: readonly PlacedVip[];
  readonly users: ReadonlyMap<string, LocalUser>;
  /** Whole paths. */
  readonly setsid: string;
  /** Null where there are no hooks. */
  readonly setpriv: string | null;
}

export interface LocalHooks extends HookPrograms {
  /** Goes by another configuration, at once; what runs goes on. */
  adopt(to: Pick<HookOptions, "hooks" | "vips" | "users" | "setpriv">): void;
}

/** Between SIGTERM and SIGKILL, in milliseconds. */
const killAfterMs = 500;
/** How long the last words of a program are waited for that has ended, while others keep its output open. */
const wordsMs = 100;

export function openHooks({ setsid, ...options }: HookOptions): LocalHooks {
  let present: Omit<HookOptions, "setsid"> = options;
  let places = placesOf(options.vips);
  return {
    configured: () => present.hooks,
    placeOf: (vip) => places.get(vip) ?? nowhere,
    start(hook, how) {
      const user = hook.user === null ? null : present.users.get(hook.user) ?? null;
      if (hook.user !== null && user === null) return neverStarted(`no such user: ${hook.user}`);
      return start(hook, { ...how, setsid, setpriv: present.setpriv ?? "setpriv", user });
    },
    adopt(to) {
      present = to;
      // What is taken out of the file is released later.
      places = new Map([...places, ...placesOf(to.vips)]);
    },
  };
}

const nowhere: HookPlace = { addresses: [], interfaces: [] };

const placesOf = (vips: readonly PlacedVip[]): Map<VipName, HookPlace> =>
  new Map(vips.map(({ vip, addresses }) => [vip, {
    addresses: addresses.map(({ address, prefix }) => `${address}/${prefix}`),
    interfaces: [...new Set(addresses.map((each) => each.interface))],
  }]));

const neverStarted = (problem: string): HookProcess => ({
  outcome: Promise.resolve({ kind: "missing", problem }),
  ended: Promise.resolve(),
  end: () => {},
});

function start(
  { command }: Hook,
  options: HookStart & Pick<Session, "setsid" | "setpriv" | "user">,
): HookProcess {
  const { setsid, setpriv, user, variables } = options;
  try {
    const child = startSession({ command, setsid, setpriv, user, variables, stdout: "piped" });
    if (!options.isUrgent) stepBack(child.pid);
    return follow(child, options.atMostMs);
  } catch (error) {
    return neverStarted(`Cannot start ${setsid}: ${messageOf(error)}`);
  }
}

/** nice(1) steps below the daemon, whose heartbeats and announcements come first. */
const niceness = 10;

/** A thousand VIPs that come at once must not be announced later because a thousand hooks are run for them. */
function stepBack(pid: number): void {
  try {
    setPriority(pid, Math.min(19, getPriority() + niceness));
  } catch {
    // It has ended already, or this machine has no priorities.
  }
}

function follow(child: Deno.ChildProcess, atMostMs: number): HookProcess {
  const words = lastLines([child.stdout, child.stderr]);
  let isOver = false;
  let ending: "timedOut" | "ended" | null = null;
  let tell: (outcome: HookOutcome) => void = () => {};
  const outcome = new Promise<HookOutcome>((resolve) => tell = resolve);

  const end = (why: "timedOut" | "ended") => {
    if (isOver || ending !== null) return;
    ending = why;
    clearTimeout(limit);
    signalSession(child.pid, "SIGTERM");
    tell(why === "ended" ? { kind: "ended" } : { kind: "timedOut", said: words.soFar() });
    lastResort = setTimeout(() => signalSession(child.pid, "SIGKILL"), killAfterMs);
  };
  let lastResort: ReturnType<typeof setTimeout> | null = null;
  const limit = setTimeout(() => end("timedOut"), atMostMs);

  const ended = child.status.then(async ({ code }) => {
    isOver = true;
    clearTimeout(limit);
    if (lastResort !== null) clearTimeout(lastResort);
    // What is left of the session has lost its leader, and may ignore a SIGTERM.
    if (ending !== null) signalSession(child.pid, "SIGKILL");
    const said = await words.end(wordsMs);
    tell({ kind: "done", code, said });
  });
  return { outcome, ended, end: () => end("ended") };
}
