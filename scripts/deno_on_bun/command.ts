// Deno.Command on Bun.spawn: starts a program and gives its three streams as web streams.

import process from "node:process";
import { errors, inDenosWords } from "./errors.ts";

// What is used of Bun's own interface (bun.com/docs/runtime/child-process).
declare const Bun: {
  spawn(command: readonly string[], options: BunSpawnOptions): BunChild;
};
interface BunSpawnOptions {
  readonly stdin: BunStdio;
  readonly stdout: BunStdio;
  readonly stderr: BunStdio;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd?: string;
}
type BunStdio = "pipe" | "ignore" | "inherit";
interface BunChild {
  readonly pid: number;
  readonly stdin: BunFileSink;
  readonly stdout: ReadableStream<Uint8Array<ArrayBuffer>>;
  readonly stderr: ReadableStream<Uint8Array<ArrayBuffer>>;
  readonly exited: Promise<number>;
  readonly signalCode: Deno.Signal | null;
  kill(signal: Deno.Signal): void;
  ref(): void;
  unref(): void;
}
interface BunFileSink {
  write(bytes: Uint8Array): number | Promise<number>;
  flush(): number | Promise<number>;
  end(): number | Promise<number>;
}

type Stdio = "piped" | "null" | "inherit";
const bunsWord: Readonly<Record<Stdio, BunStdio>> = { piped: "pipe", null: "ignore", inherit: "inherit" };

/** As Deno.Command. */
export class Command {
  readonly #program: string;
  readonly #options: Deno.CommandOptions;

  constructor(program: string | URL, options: Deno.CommandOptions = {}) {
    this.#program = String(program);
    this.#options = options;
  }

  /** Runs it to its end; standard input is empty, the other two are collected unless the options say otherwise. */
  output(): Promise<Deno.CommandOutput> {
    return start(this.#program, { stdin: "null", stdout: "piped", stderr: "piped", ...this.#options })
      .output();
  }

  spawn(): Child {
    return start(this.#program, { stdin: "inherit", stdout: "inherit", stderr: "inherit", ...this.#options });
  }
}

function start(program: string, options: Deno.CommandOptions): Child {
  const stdio = (which: "stdin" | "stdout" | "stderr") => options[which] as Stdio;
  const env = options.clearEnv === true ? { ...options.env } : { ...process.env, ...options.env };
  const child = inDenosWords(() =>
    Bun.spawn([program, ...(options.args ?? [])], {
      stdin: bunsWord[stdio("stdin")],
      stdout: bunsWord[stdio("stdout")],
      stderr: bunsWord[stdio("stderr")],
      env,
      ...(options.cwd === undefined ? {} : { cwd: String(options.cwd) }),
    })
  );
  return new Child(child, { stdin: stdio("stdin"), stdout: stdio("stdout"), stderr: stdio("stderr") });
}

/** As Deno.ChildProcess. */
class Child {
  readonly pid: number;
  readonly status: Promise<Deno.CommandStatus>;
  readonly #child: BunChild;
  readonly #stdio: Readonly<Record<"stdin" | "stdout" | "stderr", Stdio>>;
  #stdin: WritableStream<Uint8Array> | null = null;
  #over = false;

  constructor(child: BunChild, stdio: Readonly<Record<"stdin" | "stdout" | "stderr", Stdio>>) {
    this.pid = child.pid;
    this.#child = child;
    this.#stdio = stdio;
    this.status = child.exited.then((code) => {
      this.#over = true;
      return { success: code === 0, code, signal: child.signalCode };
    });
  }

  get stdin(): WritableStream<Uint8Array> {
    this.#mustBePiped("stdin");
    return this.#stdin ??= writableOf(this.#child.stdin, () => this.#over);
  }

  get stdout(): ReadableStream<Uint8Array<ArrayBuffer>> {
    this.#mustBePiped("stdout");
    return this.#child.stdout;
  }

  get stderr(): ReadableStream<Uint8Array<ArrayBuffer>> {
    this.#mustBePiped("stderr");
    return this.#child.stderr;
  }

  async output(): Promise<Deno.CommandOutput> {
    const [status, stdout, stderr] = await Promise.all([
      this.status,
      this.#stdio.stdout === "piped" ? bytesOf(this.#child.stdout) : new Uint8Array(),
      this.#stdio.stderr === "piped" ? bytesOf(this.#child.stderr) : new Uint8Array(),
    ]);
    return { ...status, stdout, stderr };
  }

  kill(signal: Deno.Signal = "SIGTERM"): void {
    if (this.#over) throw new TypeError("Child process has already terminated");
    this.#child.kill(signal);
  }

  ref(): void {
    this.#child.ref();
  }

  unref(): void {
    this.#child.unref();
  }

  #mustBePiped(which: "stdin" | "stdout" | "stderr"): void {
    if (this.#stdio[which] !== "piped") throw new TypeError(`Cannot get '${which}': '${which}' is not piped`);
  }
}

/** A write is done when the pipe took it. Bun would take one to a child that is over, too, and lose it. */
function writableOf(sink: BunFileSink, isOver: () => boolean): WritableStream<Uint8Array> {
  return new WritableStream({
    write: (bytes) =>
      inDenosWords(async () => {
        if (isOver()) throw new errors.BrokenPipe("Broken pipe (os error 32)");
        await sink.write(bytes);
        await sink.flush();
      }),
    close: () => inDenosWords(async () => void await sink.end()),
    abort: () => inDenosWords(async () => void await sink.end()),
  });
}

async function bytesOf(stream: ReadableStream<Uint8Array<ArrayBuffer>>): Promise<Uint8Array<ArrayBuffer>> {
  return new Uint8Array(await new Response(stream).arrayBuffer());
}
