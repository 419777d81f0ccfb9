// Run on a file system of one page: writes drains while it is full, while it is not, and while it is read-only.

import { readdirSync, rmSync, writeFileSync } from "node:fs";
import { openDrainFile } from "../../src/host/drain_file.ts";
import { runCommand } from "../../src/host/command.ts";

const directory = Deno.args[0] ?? "";
const found = async () => (await openDrainFile(directory)).found;
const fill = () => {
  try {
    for (let at = 0;; at += 1) writeFileSync(`${directory}/filler`, "x".repeat(512), { flag: "a" });
  } catch {
    // It is full.
  }
};

fill();
const file = await openDrainFile(directory);
const full = await file.write({ reason: "first", since: 1 });
const afterFull = await found();
rmSync(`${directory}/filler`);
await runCommand({ program: "/bin/mount", args: ["-o", "remount,size=12k", directory], atMostMs: 5_000 });
const written = await file.write({ reason: "first", since: 1 });
fill();
const fullAgain = await file.write({ reason: "second", since: 2 });
const afterFullAgain = await found();
const leftBehind = readdirSync(directory).sort();
await runCommand({ program: "/bin/mount", args: ["-o", "remount,ro", directory], atMostMs: 5_000 });
const readOnly = await file.write({ reason: "third", since: 3 });
const removal = await file.remove();
console.log(
  JSON.stringify({ full, afterFull, written, fullAgain, afterFullAgain, leftBehind, readOnly, removal }),
);
Deno.exit(0);
