// One script that uses every part of `Deno` that the sources use, and prints what it sees, one line each. It is
// run by Deno and by Bun, and the two outputs must be the same; so nothing that differs from run to run is printed.

import { Buffer } from "node:buffer";
import process from "node:process";

const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
const bytes = (of: string) => new TextEncoder().encode(of);

/** An error as Deno tells it apart: by class. */
function seen(error: unknown): string {
  const known = Object.entries(Deno.errors).find(([, DenosClass]) => error instanceof DenosClass);
  if (known !== undefined) return `Deno.errors.${known[0]}`;
  return error instanceof Error ? error.constructor.name : String(error);
}

async function failureOf(act: () => unknown): Promise<string> {
  try {
    return `nothing thrown, but ${JSON.stringify(await act())}`;
  } catch (error) {
    return seen(error);
  }
}

/** Whether it throws at once, not by a rejected promise. */
function throwsAtOnce(act: () => unknown): boolean {
  try {
    act();
    return false;
  } catch {
    return true;
  }
}

const shell = (script: string, options: Deno.CommandOptions = {}) =>
  new Deno.Command("sh", { args: ["-c", script], ...options });
const missing = new Deno.Command("no-such-program-anywhere");

const shown: Readonly<Record<string, () => unknown>> = {
  "args": () => Deno.args,
  "uid": () => Deno.uid(),
  "env.get": () => [Deno.env.get("MOLEHILL_SEEN"), Deno.env.get("MOLEHILL_UNSEEN")],
  "isTerminal of a pipe": () => [Deno.stdout.isTerminal(), Deno.stderr.isTerminal()],
  "consoleSize without a terminal": async () => (await failureOf(() => Deno.consoleSize())) !== "",
  "stdout.writeSync": () => Deno.stdout.writeSync(bytes("written\n")),
  "stderr.writeSync": () => Deno.stderr.writeSync(bytes("written\n")),
  "networkInterfaces, down and up": () =>
    Deno.networkInterfaces()
      .filter(({ address }) => !address.startsWith("fe80:"))
      .map(({ name, family, address }) => [name, family, address])
      .sort(),

  "files": async () => {
    const directory = `${Deno.args[0]}/files/deep`;
    await Deno.mkdir(directory, { recursive: true, mode: 0o700 });
    await Deno.mkdir(directory, { recursive: true });
    await Deno.writeTextFile(`${directory}/a`, "one\n", { mode: 0o600 });
    await Deno.writeTextFile(`${directory}/a`, "two\n", { append: true });
    await Deno.rename(`${directory}/a`, `${directory}/b`);
    const { isFile, isDirectory, size, mode, mtime } = await Deno.stat(`${directory}/b`);
    const read = await Deno.readTextFile(`${directory}/b`);
    const isDirectoryToo = (await Deno.stat(directory)).isDirectory;
    const age = Date.now() - (mtime?.getTime() ?? 0);
    return [isFile, isDirectory, size, mode, Math.abs(age) < 60_000, read, isDirectoryToo];
  },
  "files that are not there": () =>
    Promise.all([
      failureOf(() => Deno.readTextFile("/nowhere/a")),
      failureOf(() => Deno.writeTextFile("/nowhere/a", "")),
      failureOf(() => Deno.stat("/nowhere/a")),
      failureOf(() => Deno.rename("/nowhere/a", "/nowhere/b")),
      failureOf(() => Deno.mkdir("/nowhere/a")),
    ]),
  "Command.output": async () => {
    const out = await shell("echo out; echo err >&2; exit 3").output();
    return [out.success, out.code, out.signal, text(out.stdout), text(out.stderr)];
  },
  "Command.output has no standard input": async () => text((await shell("cat; echo end").output()).stdout),
  "Command with env": async () =>
    text((await shell("echo $MOLEHILL_SEEN $MORE", { env: { MORE: "more" } }).output()).stdout),
  "Command with a clear env": async () =>
    text(
      (await new Deno.Command("/usr/bin/env", { clearEnv: true, env: { ONLY: "this" } }).output()).stdout,
    ),
  "Command with cwd": async () => text((await shell("pwd", { cwd: "/" }).output()).stdout),
  "Command with a null stdout": async () => {
    const out = await shell("echo lost; echo kept >&2", { stdout: "null" }).spawn().status;
    return out.code;
  },
  "Command without its program": async () => [
    await failureOf(() => missing.output()),
    await failureOf(() => missing.spawn()),
    throwsAtOnce(() => missing.spawn()),
  ],
  "Command that may not be run": () => failureOf(() => new Deno.Command("/etc").output()),
  "spawn with three pipes": async () => {
    const child = shell("cat; echo err >&2", { stdin: "piped", stdout: "piped", stderr: "piped" }).spawn();
    const writer = child.stdin.getWriter();
    await writer.write(bytes("first "));
    await writer.write(bytes("second"));
    await writer.close();
    const out = await child.output();
    return [text(out.stdout), text(out.stderr), out.code];
  },
  "spawn takes a megabyte through": async () => {
    const child = new Deno.Command("cat", { stdin: "piped", stdout: "piped" }).spawn();
    const writer = child.stdin.getWriter();
    const written = writer.write(new Uint8Array(1 << 20)).then(() => writer.close());
    let size = 0;
    for await (const chunk of child.stdout) size += chunk.length;
    await written;
    return [size, (await child.status).success];
  },
  "spawn is read line by line while it runs": async () => {
    const child = shell("read a; echo got $a; read b; echo got $b", { stdin: "piped", stdout: "piped" })
      .spawn();
    const writer = child.stdin.getWriter();
    const reader = child.stdout.pipeThrough(new TextDecoderStream()).getReader();
    await writer.write(bytes("1\n"));
    const first = (await reader.read()).value;
    await writer.write(bytes("2\n"));
    const second = (await reader.read()).value;
    const end = (await reader.read()).done;
    await writer.close();
    return [first, second, end, (await child.status).code];
  },
  "spawn that is killed": async () => {
    const child = new Deno.Command("sleep", { args: ["60"] }).spawn();
    child.kill("SIGKILL");
    const killed = await child.status;
    return [killed, await failureOf(() => child.kill("SIGTERM")), throwsAtOnce(() => child.kill())];
  },
  "spawn that is terminated": async () => {
    const child = new Deno.Command("sleep", { args: ["60"] }).spawn();
    child.kill();
    return await child.status;
  },
  "a stream that is not piped": () => {
    const child = shell("exit 0").spawn();
    return [
      throwsAtOnce(() => child.stdin),
      throwsAtOnce(() => child.stdout),
      throwsAtOnce(() => child.stderr),
    ];
  },
  "writing more than a pipe holds to a child that goes": async () => {
    const writer = shell("head -c 1", { stdin: "piped", stdout: "null" }).spawn().stdin.getWriter();
    return await failureOf(() => writer.write(new Uint8Array(1 << 22)));
  },
  "writing to a child that is gone": async () => {
    const child = new Deno.Command("true", { stdin: "piped" }).spawn();
    await child.status;
    const writer = child.stdin.getWriter();
    return await failureOf(() => writer.write(bytes("x")));
  },
  "a pipe is not inherited by later children": async () => {
    const first = new Deno.Command("cat", { stdin: "piped", stdout: "null" }).spawn();
    const later = new Deno.Command("sleep", { args: ["60"], stdin: "null", stdout: "null" }).spawn();
    await first.stdin.close();
    const ended = await first.status;
    later.kill("SIGKILL");
    await later.status;
    return ended;
  },

  "dlopen": () => {
    const libc = Deno.dlopen("libc.so.6", {
      getpid: { parameters: [], result: "i32" },
      strlen: { parameters: ["buffer"], result: "usize" },
      htons: { parameters: ["u16"], result: "u16" },
      htonl: { parameters: ["u32"], result: "u32" },
      toupper: { parameters: ["i32"], result: "i32" },
      llabs: { parameters: ["i64"], result: "i64" },
      memset: { parameters: ["buffer", "i32", "usize"], result: "pointer" },
      close: { parameters: ["i32"], result: "i32" },
      srand: { parameters: ["u32"], result: "void" },
      time: { parameters: ["pointer"], result: "i64" },
    });
    const { symbols } = libc;
    const filled = new Uint8Array(6);
    const filledAt = symbols.memset(filled.subarray(2), 7, 3n);
    const result = [
      symbols.getpid() === process.pid,
      String(symbols.strlen(Buffer.from("four\0"))),
      symbols.htons(0x0806),
      symbols.htonl(1),
      symbols.toupper(97),
      String(symbols.llabs(-5n)),
      [...filled],
      filledAt !== null,
      symbols.close(-1),
      symbols.srand(1) ?? "void",
      Number(symbols.time(null)) > 1e9,
    ];
    libc.close();
    return result;
  },
  "UnsafePointer": () => {
    const libc = Deno.dlopen("libc.so.6", { strlen: { parameters: ["u64"], result: "usize" } });
    const words = Buffer.from("words\0");
    const at = BigInt(Deno.UnsafePointer.value(Deno.UnsafePointer.of(words)));
    const result = [Number(libc.symbols.strlen(at)), Number(libc.symbols.strlen(at + 2n))];
    libc.close();
    return result;
  },
  "dlopen of a library that is not there": () =>
    throwsAtOnce(() => Deno.dlopen("libnowhere.so.9", { f: { parameters: [], result: "void" } })),

  "addSignalListener": () =>
    new Promise((resolve) => {
      Deno.addSignalListener("SIGHUP", () => resolve("SIGHUP came"));
      process.kill(process.pid, "SIGHUP");
    }),
};

for (const [name, show] of Object.entries(shown)) console.log(`${name}: ${JSON.stringify(await show())}`);
Deno.exit(7);
