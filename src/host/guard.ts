// The guard: a shell that does nothing but wait for the daemon to die, and then removes the VIPs from this host.
//
//     daemon ──── pipe ───▶ guard        "release": it ends, and touches nothing
//       ✝         end of file ─▶ ip -force -batch -
//
// The kernel closes a process's end of a pipe however the process ends, within microseconds. The guard is told
// what to remove at its start, so that nothing has to be at hand in the moment of death but `ip`. The same is in a file in
// the runtime directory, where a person and the unit file find it. The guard runs in a session of its own and ignores the signals
// that a terminal or a service manager sends around, and the kernel does not take it when memory runs out.
//
// When the guard itself is killed, another one is started, and tried again until one stands by. When there is something
// else to remove, because the configuration has changed, another one takes over: it stands by before the first one goes.

import type { Guard } from "../daemon/ports.ts";
import { kill, messageOf } from "./command.ts";
import { type PlacedVip, removalLines } from "./placed_vip.ts";
import type { Programs } from "./programs.ts";
import { createQueue } from "./queue.ts";
import { createRespawn } from "./respawn.ts";

export interface GuardOptions {
  readonly vips: readonly PlacedVip[];
  /** Must be there. The file "held.batch" in it is written anew, each time that there is something else to remove. */
  readonly runtimeDir: string;
  readonly programs: Pick<Programs, "ip" | "setsid" | "sh">;
  /** Called, for people, each time a guard that died cannot be replaced. */
  readonly onTrouble: (problem: string) => void;
}

export type GuardOutcome =
  | { readonly kind: "ok"; readonly guard: LocalGuard }
  /** `problem` is for people. */
  | { readonly kind: "problem"; readonly problem: string };

export interface LocalGuard extends Guard {
  /**
   * Has these VIPs removed, and no others. Done when that is so; `problem`, for people, when it cannot be, and all is as
   * it was.
   */
  adopt(vips: readonly PlacedVip[]): Promise<{ readonly problem: string | null }>;
}

/** Starts the guard; done when it stands by, and addresses may be added. */
export async function openGuard(
  { vips, runtimeDir, programs, onTrouble }: GuardOptions,
): Promise<GuardOutcome> {
  const batchFile = `${runtimeDir}/held.batch`;
  const start = (batch: string) => startSentry({ batch, batchFile, programs });
  const record = (batch: string) => writeWhole(batchFile, batch);
  const batch = batchOf(vips);
  try {
    await record(batch);
    return { kind: "ok", guard: keepGuard(await start(batch), { batch, start, record, onTrouble }) };
  } catch (error) {
    return { kind: "problem", problem: `Cannot start the guard: ${messageOf(error)}` };
  }
}

const batchOf = (vips: readonly PlacedVip[]): string => removalLines(vips).join("\n") + "\n";

/** One life of the guard, standing by. */
interface Sentry {
  readonly ended: Promise<unknown>;
  release(): Promise<void>;
}

interface Keeping {
  /** What the first sentry is to remove. */
  readonly batch: string;
  readonly start: (batch: string) => Promise<Sentry>;
  readonly record: (batch: string) => Promise<void>;
  readonly onTrouble: (problem: string) => void;
}

/** A sentry that stood by for this long did its work; one that dies sooner is not replaced in a tight loop. */
const STOOD_BY_MS = 1_000;

/** Replaces sentries that die, and those that have something else to remove. */
function keepGuard(first: Sentry, { batch: firstBatch, start, record, onTrouble }: Keeping): LocalGuard {
  const respawn = createRespawn();
  const queue = createQueue();
  let batch = firstBatch;
  let died = () => {};
  let problem: string | null = null;
  let released = false;
  let current: Sentry | null = null;
  post(first);

  return {
    onDeath(call) {
      died = call;
    },
    problem: () => problem,
    adopt: (vips) => queue.run(() => relieve(batchOf(vips))),
    async release() {
      released = true;
      respawn.cancel();
      await current?.release();
    },
  };

  function post(sentry: Sentry): void {
    current = sentry;
    problem = null;
    const since = performance.now();
    sentry.ended.then(() => {
      // One that was relieved has ended as it should.
      if (released || current !== sentry) return;
      current = null;
      if (performance.now() - since >= STOOD_BY_MS) respawn.succeeded();
      respawn.schedule(replace);
      died();
    });
  }

  /** Another sentry stands by before the one that did so is sent away. */
  async function relieve(wanted: string): Promise<{ readonly problem: string | null }> {
    if (wanted === batch || released) return { problem: null };
    try {
      const sentry = await start(wanted);
      await record(wanted).catch(async (error) => {
        await sentry.release();
        throw error;
      });
      const before = current;
      batch = wanted;
      respawn.cancel();
      if (released) await sentry.release();
      else post(sentry);
      await before?.release();
      return { problem: null };
    } catch (error) {
      return { problem: `Cannot start a guard for the new configuration: ${messageOf(error)}` };
    }
  }

  async function replace(): Promise<void> {
    try {
      const sentry = await start(batch);
      if (released || current !== null) await sentry.release();
      else post(sentry);
    } catch (error) {
      if (released) return;
      problem = messageOf(error);
      onTrouble(
        `Cannot replace the guard: ${problem}; if this daemon dies now, its VIPs stay on this host until their ` +
          `lease ends (with lease = "off", until somebody removes them); trying again`,
      );
      respawn.schedule(replace);
    }
  }
}

async function startSentry({ batch, batchFile, programs }: SentryOptions): Promise<Sentry> {
  const args = [programs.sh, "-c", SCRIPT, "molehill-guard", programs.ip, batchFile];
  const child = new Deno.Command(programs.setsid, { args, stdin: "piped", stdout: "piped", stderr: "null" })
    .spawn();
  const word = child.stdin.getWriter();
  // One that ends before it has read everything says too little, which is what counts.
  word.write(new TextEncoder().encode(`${batch}${END}\n`)).catch(() => {});
  // It is ready at once, or hangs.
  const limit = setTimeout(() => kill(child, "SIGKILL"), READY_WITHIN_MS);
  const said = await firstLine(child.stdout);
  clearTimeout(limit);
  if (said !== "ready") {
    kill(child, "SIGKILL");
    throw new Error(`the shell ${programs.sh} did not get ready`);
  }
  return {
    ended: child.status,
    async release() {
      await word.write(new TextEncoder().encode("release\n")).catch(() => {});
      await word.close().catch(() => {});
      await child.status;
    },
  };
}

interface SentryOptions {
  /** What the guard is to give to ip. */
  readonly batch: string;
  /** Only so that a list of processes shows whose guard it is. */
  readonly batchFile: string;
  readonly programs: Pick<Programs, "ip" | "setsid" | "sh">;
}

const READY_WITHIN_MS = 5_000;

/** Follows the last line of the batch. */
const END = "end";

/** $1: the program ip. "ready" tells the daemon that it may rely on the guard. */
const SCRIPT = `
trap '' TERM INT HUP QUIT TSTP PIPE
cd /
batch=$(
  while read -r line; do
    [ "$line" = ${END} ] && exit 0
    printf '%s\\n' "$line"
  done
  exit 1
) || exit 1
{ echo -1000 > /proc/self/oom_score_adj; } 2> /dev/null
echo ready
exec > /dev/null
while read -r word; do
  [ "$word" = release ] && exit 0
done
printf '%s\\n' "$batch" | "$1" -force -batch -
`;

/** Reads to the end of the stream, which the guard closes right after its one line. */
async function firstLine(stream: ReadableStream<Uint8Array<ArrayBuffer>>): Promise<string> {
  return (await new Response(stream).text()).trim();
}

/** The file is there with all its contents, or as it was before. */
async function writeWhole(path: string, text: string): Promise<void> {
  await Deno.writeTextFile(`${path}.new`, text, { mode: 0o600 });
  await Deno.rename(`${path}.new`, path);
}
