// Runs a program to its end, with a text as its standard input and a limit to its time. Whatever comes of it is a
// value: a daemon that keeps addresses alive cannot afford to wait for, or to be ended by, another program.

export interface CommandLine {
  /** With its whole path; see programs.ts. */
  readonly program: string;
  readonly args: readonly string[];
  /** None: standard input is empty. */
  readonly input?: string;
  /** Milliseconds; the program is then killed. */
  readonly atMostMs: number;
}

export type CommandOutcome =
  | { readonly kind: "ok"; readonly stdout: string; readonly stderr: string }
  /** `code` is 128 + the signal's number when a signal ended it. */
  | { readonly kind: "failed"; readonly code: number; readonly stdout: string; readonly stderr: string }
  | { readonly kind: "timedOut"; readonly atMostMs: number }
  /** It could not be started. `problem` is for people. */
  | { readonly kind: "missing"; readonly problem: string };

/** Runs one command line. Never throws or rejects. */
export type RunCommand = (line: CommandLine) => Promise<CommandOutcome>;

export const runCommand: RunCommand = async (line) => {
  try {
    return await outcomeInTime(start(line), line);
  } catch (error) {
    return { kind: "missing", problem: `Cannot start ${line.program}: ${messageOf(error)}` };
  }
};

/** What came of it, in a few words for people; null when it went well. */
export function problemOf(outcome: CommandOutcome): string | null {
  if (outcome.kind === "ok") return null;
  if (outcome.kind === "missing") return outcome.problem;
  if (outcome.kind === "timedOut") return `no answer within ${outcome.atMostMs} ms`;
  return outcome.stderr.trim() || `it ended with code ${outcome.code}`;
}

function start({ program, args, input }: CommandLine): Deno.ChildProcess {
  const stdin = input === undefined ? "null" : "piped";
  return new Deno.Command(program, { args: [...args], stdin, stdout: "piped", stderr: "piped" }).spawn();
}

/** A killed program may take its time to end, or have children that keep its output open: nobody waits for those. */
function outcomeInTime(child: Deno.ChildProcess, { input, atMostMs }: CommandLine): Promise<CommandOutcome> {
  return new Promise((resolve) => {
    const limit = setTimeout(() => {
      kill(child, "SIGKILL");
      resolve({ kind: "timedOut", atMostMs });
    }, atMostMs);
    outcomeOf(child, input).then(resolve).finally(() => clearTimeout(limit));
  });
}

async function outcomeOf(child: Deno.ChildProcess, input: string | undefined): Promise<CommandOutcome> {
  const [{ code, stdout, stderr }] = await Promise.all([
    child.output(),
    input === undefined ? null : feed(child, input),
  ]);
  const output = { stdout: textOf(stdout), stderr: textOf(stderr) };
  return code === 0 ? { kind: "ok", ...output } : { kind: "failed", code, ...output };
}

async function feed(child: Deno.ChildProcess, input: string): Promise<void> {
  const writer = child.stdin.getWriter();
  try {
    await writer.write(new TextEncoder().encode(input));
    await writer.close();
  } catch {
    // It ended without reading everything. How it ended says enough.
  }
}

/** Sends the signal, if the child is still there to get it. */
export function kill(child: Deno.ChildProcess, signal: Deno.Signal): void {
  try {
    child.kill(signal);
  } catch {
    // It ended on its own in between.
  }
}

/** What an error says, for people. */
export const messageOf = (error: unknown): string => error instanceof Error ? error.message : String(error);

/** The code that the system gave to the error, as "ECONNREFUSED"; where it has none, its message. */
export const codeOf = (error: unknown): string =>
  error instanceof Error && "code" in error ? String(error.code) : messageOf(error);

const textOf = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);
