// Looks by running a program: exit code 0 is well. The program is the leader of a session of its own, so that everything
// it has started can be ended with it: when it takes too long, and also when it has ended, for nothing that a check has
// started may stay. What starts a session of its own escapes.
//
// It gets a small environment, "/" as its directory, and nothing to read. What it says on standard error last is what
// people are told.

import { type Looker, onGiveUp, type Probe } from "./check.ts";
import { messageOf, runCommand } from "./command.ts";
import { findProgram, searchPath } from "./programs.ts";
import { sessionPath, signalSession, signalStarting } from "./session.ts";

export interface ExecOptions {
  /** The program that starts a session, with its whole path. */
  readonly setsid: string;
  /** Of the check and of this host, for the program to read. */
  readonly names: { readonly check: string; readonly host: string };
}

/** Of what a program says so many bytes are kept, from its end. */
const KEPT_BYTES = 1_000;

export function createExecLooker(
  { command, user }: Probe & { readonly kind: "exec" },
  { setsid, names }: ExecOptions,
): Looker {
  const env = { PATH: sessionPath, LANG: "C.UTF-8", MOLEHILL_CHECK: names.check, MOLEHILL_HOST: names.host };
  let becoming: Promise<readonly string[]> | null = null;

  return {
    async look({ giveUp }) {
      let prefix: readonly string[] = [];
      if (user !== null) {
        try {
          prefix = await (becoming ??= wordsToBecome(user));
        } catch (error) {
          // It may be put right meanwhile.
          becoming = null;
          return messageOf(error);
        }
      }
      return await run([...prefix, ...command], giveUp);
    },
    close() {},
  };

  async function run(args: readonly string[], giveUp: AbortSignal): Promise<string | null> {
    const child = new Deno.Command(setsid, {
      args: [...args],
      clearEnv: true,
      env,
      cwd: "/",
      stdin: "null",
      stdout: "null",
      stderr: "piped",
    }).spawn();
    const ear = listenTo(child.stderr);
    const forget = onGiveUp(giveUp, () => void signalStarting(child.pid, "SIGKILL"));
    const { success, code, signal: by } = await child.status;
    forget();
    signalSession(child.pid, "SIGKILL");
    const line = await ear.lastLine();
    if (giveUp.aborted) return line;
    if (success) return null;
    const how = by === null ? `exit code ${code}` : `ended by ${by}`;
    return line === "" ? how : `${how}: ${line}`;
  }
}

/** The words in front of a command that let it run as another user, with that one's groups. */
async function wordsToBecome(user: string): Promise<readonly string[]> {
  const directories = searchPath(undefined);
  const [setpriv, id] = await Promise.all(["setpriv", "id"].map((name) => findProgram(name, directories)));
  if (!setpriv || !id) throw new Error('to run it as a user takes the programs "setpriv" and "id"');
  const group = await runCommand({ program: id, args: ["-g", "--", user], atMostMs: 5_000 });
  if (group.kind !== "ok") throw new Error(`there is no user "${user}" on this host`);
  return [setpriv, `--reuid=${user}`, `--regid=${group.stdout.trim()}`, "--init-groups", "--"];
}

/** How long what a program has said is waited for after its end, in milliseconds: others may keep the pipe open. */
const LAST_WORDS_MS = 100;

/** Keeps what comes last, however much comes before. */
function listenTo(stream: ReadableStream<Uint8Array>) {
  const reader = stream.getReader();
  let kept = new Uint8Array();
  const ended = listen();

  return {
    /** For when the program has ended; "" when it has said nothing. */
    async lastLine(): Promise<string> {
      const limit = setTimeout(() => void reader.cancel().catch(() => {}), LAST_WORDS_MS);
      await ended;
      clearTimeout(limit);
      const lines = new TextDecoder().decode(kept).split("\n").map(printable);
      return lines.findLast((line) => line !== "") ?? "";
    },
  };

  async function listen(): Promise<void> {
    try {
      for (let part = await reader.read(); !part.done; part = await reader.read()) {
        const tail = part.value.subarray(Math.max(0, part.value.length - KEPT_BYTES));
        const before = kept.subarray(Math.max(0, kept.length - (KEPT_BYTES - tail.length)));
        kept = new Uint8Array([...before, ...tail]);
      }
    } catch {
      // What was heard until then is worth as much.
    }
  }
}

// deno-lint-ignore no-control-regex
const printable = (line: string): string => line.replace(/[\x00-\x1f\x7f]+/g, " ").trim();
