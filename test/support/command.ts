// Runs a program to its end and says what came of it.

export interface Outcome {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface CommandOptions {
  /** Text for its standard input; none: it reads nothing. */
  readonly input?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Ends the program with SIGKILL when it takes longer, in milliseconds. */
  readonly atMostMs?: number;
}

/** Runs the command line; a program that is missing or fails is an outcome as well (127 when it is missing). */
export async function run(line: readonly string[], options: CommandOptions = {}): Promise<Outcome> {
  const [program = "", ...args] = line;
  try {
    return await runToEnd(program, args, options);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    return { code: 127, stdout: "", stderr: `${program}: not found` };
  }
}

/** As run(), for commands that must succeed; gives the standard output. */
export async function mustRun(line: readonly string[], options: CommandOptions = {}): Promise<string> {
  const { code, stdout, stderr } = await run(line, options);
  if (code === 0) return stdout;
  const input = options.input === undefined ? "" : `\n${options.input}`;
  throw new Error(`Cannot run "${line.join(" ")}": exit ${code}: ${stderr.trim()}${input}`);
}

async function runToEnd(
  program: string,
  args: readonly string[],
  { input, env, atMostMs }: CommandOptions,
): Promise<Outcome> {
  const child = new Deno.Command(program, {
    args: [...args],
    env: { ...env },
    stdin: input === undefined ? "null" : "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const limit = atMostMs === undefined ? undefined : setTimeout(() => child.kill("SIGKILL"), atMostMs);
  if (input !== undefined) {
    const writer = child.stdin.getWriter();
    await writer.write(new TextEncoder().encode(input));
    await writer.close();
  }
  const { code, stdout, stderr } = await child.output();
  clearTimeout(limit);
  const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  return { code, stdout: text(stdout), stderr: text(stderr) };
}
