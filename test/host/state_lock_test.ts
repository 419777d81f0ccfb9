import { equal } from "node:assert/strict";
import { join } from "node:path";
import { lockStateDir, type StateLock } from "../../src/host/state_lock.ts";

async function inDirectory(work: (path: string) => Promise<void>): Promise<void> {
  const directory = await Deno.makeTempDir();
  try {
    await work(directory);
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}

const release = (lock: StateLock): void => lock.kind === "locked" ? lock.release() : undefined;

Deno.test("lockStateDir() makes the directory, and only one has it until he lets it go", async () => {
  await inDirectory(async (directory) => {
    const path = join(directory, "lib", "molehill");
    const first = await lockStateDir(path);
    equal(first.kind, "locked");
    equal((await lockStateDir(path)).kind, "taken");
    equal((await lockStateDir(path)).kind, "taken", "who is refused takes nothing away");
    release(first);
    const next = await lockStateDir(path);
    equal(next.kind, "locked");
    release(next);
    equal([...Deno.readDirSync(path)].length, 0);
  });
});

Deno.test("lockStateDir() goes without where there is no directory and none can be made", async () => {
  await inDirectory(async (directory) => {
    await Deno.writeTextFile(join(directory, "file"), "");
    equal((await lockStateDir(join(directory, "file", "state"))).kind, "unlocked");
  });
});
