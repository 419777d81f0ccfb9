// Where entries go: the file, the system log, standard error, and what becomes of those that one of them cannot take.

import { deepEqual, equal, match } from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { createLog, type LogOptions, type LogPlan, type ProcessLog } from "../../src/host/log.ts";
import { runtimes } from "../support/runtimes.ts";
import { waitUntil } from "../support/wait.ts";
import { startSystemLog } from "./system_log.ts";

interface Place {
  readonly log: ProcessLog;
  readonly path: string;
  readonly plan: LogPlan;
  /** What standard error has, without times. */
  readonly said: string[];
  readonly syslogPath: string;
  readonly directory: string;
  file(path?: string): Promise<string>;
}

const bare = (text: string): string => text.replace(/^\S+Z (\w+) +/gm, "$1 ");

type Wishes = Partial<Pick<LogOptions, "isWatched" | "style" | "lowest" | "syslog">> & {
  readonly file?: boolean;
};

/** A log with a file, unless the wishes say otherwise, and a standard error that keeps what it gets. */
async function withLog({ file: hasFile = true, ...wishes }: Wishes, use: (place: Place) => Promise<void>) {
  const directory = await Deno.makeTempDir({ prefix: "molehill-routes-" });
  const path = `${directory}/molehill.log`;
  const syslogPath = `${directory}/dev-log`;
  const said: string[] = [];
  const plan: LogPlan = {
    lowest: "info",
    file: hasFile ? { path, bytesMax: null, keep: 3 } : null,
    syslog: null,
    ...wishes,
  };
  const log = createLog({
    style: "plain",
    isWatched: false,
    ...wishes,
    ...plan,
    syslogPath,
    out: { write: (line) => void said.push(bare(line)), flush: async () => {} },
  });
  const file = (at = path) => Deno.readTextFile(at).then(bare, () => "");
  try {
    await use({ log, path, plan, said, syslogPath, directory, file });
  } finally {
    log.adopt({ ...plan, file: null, syslog: null });
    await log.flush();
    await Deno.remove(directory, { recursive: true });
  }
}

Deno.test("with a file, standard error gets nothing unless somebody looks on", async () => {
  await withLog({}, async ({ log, said, file }) => {
    log.write("info", "one", { a: 1 });
    await log.flush();
    deepEqual([await file(), said], ["info one  a=1\n", []]);
  });
  await withLog({ isWatched: true }, async ({ log, said, file }) => {
    log.write("info", "one");
    await log.flush();
    deepEqual([await file(), said], ["info one\n", ["info one\n"]]);
  });
});

Deno.test("the journal gets what goes to a file, but nothing twice when there is a system log", async () => {
  await withLog({ isWatched: true, style: "journal" }, async ({ log, said }) => {
    log.write("info", "one");
    deepEqual(said, ["<6>one\n"]);
  });
  await withLog(
    { isWatched: true, style: "journal", syslog: "daemon" },
    async ({ log, said, syslogPath }) => {
      using system = startSystemLog(syslogPath);
      log.write("info", "one");
      equal(system.received().length, 1);
      deepEqual(said, []);
    },
  );
});

Deno.test("what standard error knows already is repeated to the file alone", async () => {
  await withLog({ isWatched: true }, async ({ log, said, file }) => {
    log.repeat("error", "Cannot start");
    await log.flush();
    deepEqual([await file(), said], ["error Cannot start\n", []]);
  });
});

Deno.test("what is below the level goes nowhere", async () => {
  await withLog({ lowest: "warning" }, async ({ log, file }) => {
    log.write("info", "one");
    log.write("warning", "two");
    await log.flush();
    equal(await file(), "warning two\n");
  });
});

Deno.test("while the file cannot be written standard error gets everything, and the file all of it afterwards", async () => {
  await withLog({}, async ({ log, said, path, directory, file }) => {
    await Deno.remove(directory, { recursive: true });
    log.write("info", "one");
    await waitUntil(() => said.length >= 2, { what: "the trouble to be told" });
    log.write("info", "two");
    const trouble = `warning Cannot write the log file "${path}": its directory is missing; ` +
      "until it can be, the log goes to standard error\n";
    deepEqual(said, ["info one\n", trouble, "info two\n"]);
    await Deno.mkdir(directory);
    const mended = `info Now the log file "${path}" is written again\n`;
    await waitUntil(async () => (await file()).endsWith(mended), { what: "the end of the trouble" });
    log.write("info", "three");
    await log.flush();
    equal(await file(), ["info one\n", trouble, "info two\n", mended, "info three\n"].join(""));
    deepEqual(said.length, 3);
  });
});

Deno.test("trouble of the file is told in the system log, which goes on alone", async () => {
  await withLog({ syslog: "local3" }, async ({ log, said, syslogPath, directory }) => {
    using system = startSystemLog(syslogPath);
    await Deno.rename(directory, `${directory}.away`);
    await Deno.mkdir(directory);
    await Deno.mkdir(`${directory}/molehill.log`);
    await Deno.rename(`${directory}.away/dev-log`, syslogPath);
    await Deno.remove(`${directory}.away`);
    const received: string[] = [];
    log.write("info", "one");
    await waitUntil(() => {
      received.push(...system.received());
      return received.length >= 2;
    }, { what: "the trouble to be told" });
    match(received[0] ?? "", /^<158>.*: one$/);
    match(
      received[1] ?? "",
      /^<156>.*: Cannot write the log file ".*": it is a directory; .* the system log /,
    );
    deepEqual(said, []);
  });
});

Deno.test("a system log that is missing is told in the file", async () => {
  await withLog({ syslog: "daemon" }, async ({ log, said, file }) => {
    log.write("info", "one");
    await waitUntil(async () => (await file()).includes("Cannot write the system log"), {
      what: "it to be told",
    });
    match(await file(), /^info one\nwarning Cannot write the system log .*: nobody takes it there.*log file/);
    deepEqual(said, []);
  });
});

Deno.test("last words that no system log takes are said on standard error", async () => {
  await withLog({ syslog: "daemon", file: false }, async ({ log, said }) => {
    log.write("info", "last words");
    await log.flush();
    equal(said[0], "info last words\n");
    match(said[1] ?? "", /^warning Cannot write the system log/);
  });
});

Deno.test("another plan is followed from then on, and what it does not change goes on", async () => {
  await withLog({}, async ({ log, plan, path, directory, said, file }) => {
    log.write("info", "one");
    log.adopt({ ...plan, lowest: "debug" });
    log.write("debug", "two");
    const other = `${directory}/other.log`;
    log.adopt({ ...plan, file: { path: other, bytesMax: null, keep: 3 } });
    log.write("info", "three");
    await log.flush();
    deepEqual([await file(path), await file(other), said], ["info one\ndebug two\n", "info three\n", []]);
    log.adopt({ ...plan, file: null });
    log.write("info", "four");
    deepEqual(said, ["info four\n"]);
  });
});

const script = fileURLToPath(new URL("log_routes_script.ts", import.meta.url));

for (const [name, words] of Object.entries(runtimes)) {
  Deno.test(`the last words of a process are in its file and in the system log (${name})`, async () => {
    const directory = await Deno.makeTempDir({ prefix: "molehill-routes-" });
    try {
      using system = startSystemLog(`${directory}/dev-log`);
      const [program = "", ...args] = words;
      const { code, stderr } = await new Deno.Command(program, {
        args: [...args, script, directory],
        env: { NO_COLOR: "", JOURNAL_STREAM: "" },
      }).output();
      deepEqual([code, new TextDecoder().decode(stderr)], [0, ""]);
      const lines = bare(await Deno.readTextFile(`${directory}/molehill.log`)).split("\n");
      deepEqual(lines.slice(-3), [
        "info A line that is as long as others are  line=9",
        "error Last words",
        "",
      ]);
      match(system.received().at(-1) ?? "", /^<27>.*: Last words$/);
      const old = await Deno.readTextFile(`${directory}/molehill.log.1`);
      match(old, / line=\d+\n$/);
    } finally {
      await Deno.remove(directory, { recursive: true });
    }
  });
}
