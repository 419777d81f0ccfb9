// What the process itself does with its standard output and standard error.

import { equal, match } from "node:assert/strict";
import type { ControlResponse, EventEntry } from "../../src/codec/control.ts";
import { openControlServer } from "../../src/host/control_server.ts";
import { programs } from "../support/binary.ts";

const main = new URL("../../main.ts", import.meta.url).pathname;
const deno = Deno.execPath();

Deno.test("a standard output that cannot be written is told in one line, and exits with 74", async () => {
  for (const args of ["version", "--help"]) {
    const command = `"${deno}" run -A "${main}" ${args} > /dev/full`;
    const { code, stderr } = await new Deno.Command("sh", { args: ["-c", command] }).output();
    equal(code, 74, args);
    match(new TextDecoder().decode(stderr), /^molehill: Cannot write to standard output: .+\n$/);
  }
});

Deno.test("status --watch into a pipe asks no daemon, and says on standard error what to do instead", async () => {
  const args = ["run", "-A", main, "status", "--watch", "--runtime-dir", "/nowhere/run"];
  const { code, stdout, stderr } = await new Deno.Command(deno, { args }).output();
  const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  equal(code, 64);
  equal(text(stdout), "");
  match(text(stderr), /^molehill: Cannot watch: standard output is no terminal \(wanted a terminal\)\n/);
});

/** Something that answers for a daemon, with a record of one entry and nothing after it. */
async function withRecord(work: (directory: string) => Promise<void>): Promise<void> {
  const directory = await Deno.makeTempDir();
  const opened = await openControlServer(directory);
  if (opened.kind !== "open") throw new Error(opened.problem);
  const entry: EventEntry = {
    number: 1,
    at: "2026-11-27T03:12:41.123Z",
    scope: "group",
    level: "info",
    kind: "said",
    text: "hello",
    details: {},
  };
  const account = { version: "0.1.0", group: "tudou", host: "test00", last: 1 };
  opened.server.onRequest((request) => {
    const isFirst = request.kind === "events" && request.after === 0;
    const events: ControlResponse = {
      kind: "events",
      events: { ...account, entries: isFirst ? [entry] : [] },
    };
    return isFirst
      ? Promise.resolve(events)
      : new Promise((answer) => setTimeout(() => answer(events), 20_000));
  });
  try {
    await work(directory);
  } finally {
    await opened.server.close();
    await Deno.remove(directory, { recursive: true });
  }
}

for (const [how, wordsOf] of Object.entries(programs)) {
  Deno.test(`${how}, events --follow ends when its reader goes away, also while nothing happens`, async () => {
    const words = await wordsOf();
    await withRecord(async (directory) => {
      const line = `"$@" events --follow --runtime-dir "$0" | head -1; echo "\${PIPESTATUS[0]}"`;
      const { stdout } = await new Deno.Command("timeout", {
        args: ["15", "bash", "-c", line, directory, ...words],
      }).output();
      equal(new TextDecoder().decode(stdout), "2026-11-27 03:12:41.123  group  hello\n0\n");
    });
  });

  Deno.test(`${how}, Ctrl-C ends events --follow, with exit code 0`, async () => {
    const [program = "", ...words] = await wordsOf();
    await withRecord(async (directory) => {
      const args = [...words, "events", "--follow", "--runtime-dir", directory];
      const child = new Deno.Command(program, { args, stdout: "piped" }).spawn();
      const reader = child.stdout.getReader();
      await reader.read();
      child.kill("SIGINT");
      equal((await child.status).code, 0);
      await reader.cancel();
    });
  });
}
