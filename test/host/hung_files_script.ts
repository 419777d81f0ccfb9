// Run in a mount namespace of its own: puts a file system that never answers on the directory, as one of a file server
// that is gone; runs checks of files on it beside others, looks for programs there, and tells who fails, what is missing,
// and whether this process can still read a file itself.
//
//   hung_files_script.ts DIRECTORY SETSID

import { readFile, stat } from "node:fs/promises";
import type { FailingCheck } from "../../src/core/message.ts";
import { duration } from "../../src/core/vocabulary.ts";
import type { Probe } from "../../src/host/check.ts";
import { openChecks } from "../../src/host/checks.ts";
import { checkHooksHere } from "../../src/host/hook_check.ts";
import { searchPath } from "../../src/host/programs.ts";
import { noHooks } from "../daemon/fake_hooks.ts";
import { openLibrary } from "../../src/host/c_library.ts";
import { sleep } from "../support/wait.ts";

const [directory = "", setsid = ""] = Deno.args;
// What is asked for the first time is asked while all is well.
await stat(directory);
mountHung(directory);
const check = (name: string, probe: Probe) => ({
  name,
  probe,
  interval: duration(500),
  timeout: duration(500),
  rise: 1,
  fall: 1,
  vips: null,
});
const checks = openChecks({
  checks: [
    ...Array.from(
      { length: 8 },
      (_, at) => check(`hung ${at}`, { kind: "file", path: `${directory}/${at}`, absent: at % 2 === 0 }),
    ),
    check("file", { kind: "file", path: "/etc/passwd", absent: false }),
    check("process", { kind: "process", name: "no-such-process" }),
  ],
  host: "test00",
  setsid,
  log: { write: () => {} },
});
const told = await new Promise<readonly FailingCheck[] | null>((tell) => {
  checks.onChange(tell);
  setTimeout(() => tell(null), 20_000);
});
const { problems } = await checkHooksHere({
  hooks: noHooks,
  checks: Array.from({ length: 4 }, (_, at) => ({
    name: `${at}`,
    probe: { kind: "exec", command: [`${directory}/${at}`], user: null },
  })),
}, { directories: searchPath(undefined), isRunning: true });
const readsFiles = await Promise.race([
  readFile("/proc/self/stat", "utf8").then(() => true),
  sleep(5_000).then(() => false),
]);
console.log(
  JSON.stringify({
    problems,
    failing: told?.map(({ check, problem }) => `${check}: ${problem}`),
    readsFiles,
  }),
);
Deno.exit(0);

/** FUSE (linux/fuse.h) without anybody behind it: the kernel's first request is answered, and no other. */
function mountHung(on: string): void {
  const library = openLibrary({
    open: { parameters: ["buffer", "i32"], result: "i32" },
    mount: { parameters: ["buffer", "buffer", "buffer", "u64", "buffer"], result: "i32" },
    read: { parameters: ["i32", "buffer", "usize"], result: "i32" },
    write: { parameters: ["i32", "buffer", "usize"], result: "i32" },
  });
  if (typeof library === "string") throw new Error(library);
  const { open, mount, read, write } = library.symbols;
  const text = (value: string) => new TextEncoder().encode(`${value}\0`);
  const [O_RDWR, O_CLOEXEC] = [0o2, 0o2000000];
  const device = open(text("/dev/fuse"), O_RDWR | O_CLOEXEC);
  const options = `fd=${device},rootmode=40000,user_id=0,group_id=0`;
  if (mount(text("hung"), text(on), text("fuse"), 0n, text(options)) !== 0) throw new Error("Cannot mount");
  const request = new Uint8Array(65_536);
  read(device, request, BigInt(request.length));
  // Header (length, error, number of the request) and version 7.19; all limits may be 0 but that of writes.
  const answer = new DataView(new ArrayBuffer(16 + 52));
  answer.setUint32(0, answer.byteLength, true);
  answer.setBigUint64(8, new DataView(request.buffer).getBigUint64(8, true), true);
  answer.setUint32(16, 7, true);
  answer.setUint32(20, 19, true);
  answer.setUint32(36, 4_096, true);
  write(device, new Uint8Array(answer.buffer), BigInt(answer.byteLength));
}
