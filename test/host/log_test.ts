import { deepEqual, equal, match } from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { createLog, type LogOptions } from "../../src/host/log.ts";

/** A log and the lines it wrote, with the time left out. */
function logged(options: Partial<LogOptions> = {}) {
  const lines: string[] = [];
  const write = (line: string) =>
    void lines.push(line.replace(/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z/, "TIME"));
  return { log: createLog({ style: "plain", out: { write, flush: async () => {} }, ...options }), lines };
}

Deno.test("an entry is one line with time, level, text and fields", () => {
  const { log, lines } = logged();
  log.write("warning", 'Host "test01" is silent', { kind: "hostSilent", host: "test01", silentFor: 512 });
  log.write("info", "Stopped");
  deepEqual(lines, [
    'TIME warning Host "test01" is silent  kind=hostSilent host=test01 silentFor=512\n',
    "TIME info    Stopped\n",
  ]);
});

Deno.test("a field is bare where it can be read without doubt, and JSON otherwise", () => {
  const { log, lines } = logged();
  log.write("info", "x", {
    a: "two words",
    b: "",
    c: null,
    d: ["v1", "v2"],
    e: { f: true },
    g: '"',
    h: undefined,
  });
  deepEqual(lines, [
    'TIME info    x  a="two words" b="" c=null d=["v1","v2"] e={"f":true} g="\\"" h=undefined\n',
  ]);
});

Deno.test("a long field is cut", () => {
  const { log, lines } = logged();
  log.write("info", "x", { vips: "v".repeat(100_000) });
  equal(lines.join(""), `TIME info    x  vips=${"v".repeat(200)}...\n`);
});

Deno.test("what comes from outside makes no second line and no colours", () => {
  const { log, lines } = logged();
  log.write("error", "boom\n    at \x1b[31m", { name: "a\nb\x9b" });
  deepEqual(lines, ['TIME error   boom\\n    at \\x1b[31m  name="a\\nb\\x9b"\n']);
});

Deno.test("braces in the text are no placeholders", () => {
  const { log, lines } = logged();
  log.write("info", "{name} {} {{x}}", { name: "n" });
  deepEqual(lines, ["TIME info    {name} {} {{x}}  name=n\n"]);
});

Deno.test("entries below the lowest level are not written", () => {
  const { log, lines } = logged({ lowest: "warning" });
  for (const level of ["debug", "info", "warning", "error"] as const) log.write(level, level);
  deepEqual(lines, ["TIME warning warning\n", "TIME error   error\n"]);
});

Deno.test("debug entries are not written unless they are asked for", () => {
  const usual = logged();
  usual.log.write("debug", "x");
  deepEqual(usual.lines, []);
  const asked = logged({ lowest: "debug" });
  asked.log.write("debug", "x");
  deepEqual(asked.lines, ["TIME debug   x\n"]);
});

Deno.test("the journal gets the level in its own way, and no time", () => {
  const { log, lines } = logged({ style: "journal", lowest: "debug" });
  for (const level of ["debug", "info", "warning", "error"] as const) log.write(level, "x", { a: 1 });
  deepEqual(lines, ["<7>x  a=1\n", "<6>x  a=1\n", "<4>x  a=1\n", "<3>x  a=1\n"]);
});

Deno.test("on a terminal the level has a colour and the text has none", () => {
  const { log, lines } = logged({ style: "colours" });
  log.write("error", "x", { a: 1 });
  deepEqual(lines, ["\x1b[2mTIME\x1b[0m \x1b[31merror  \x1b[0m x\x1b[2m  a=1\x1b[0m\n"]);
});

const logModule = fileURLToPath(new URL("../../src/host/log.ts", import.meta.url));

/** What a process that logs one entry and exits at once leaves on its standard error. */
async function standardErrorOf({ env, shell = "" }: { env: Record<string, string>; shell?: string }) {
  const script = `import { createLog } from ${JSON.stringify(logModule)};
    createLog().write("info", "last words"); Deno.exit(3);`;
  const output = await new Deno.Command("sh", {
    args: ["-c", `"$0" eval "$1" ${shell}; echo "exit code $?" >&2`, Deno.execPath(), script],
    env: { NO_COLOR: "", JOURNAL_STREAM: "", ...env },
    cwd: fileURLToPath(new URL("../..", import.meta.url)),
  }).output();
  return new TextDecoder().decode(output.stderr);
}

Deno.test("what is logged just before the exit is on standard error, without colours in a pipe", async () => {
  match(await standardErrorOf({ env: {} }), /^[\d-]+T[\d:.]+Z info {4}last words\nexit code 3\n$/);
});

Deno.test("under systemd the journal's style is chosen", async () => {
  equal(await standardErrorOf({ env: { JOURNAL_STREAM: "8:1234" } }), "<6>last words\nexit code 3\n");
});

Deno.test("a log that cannot be written harms nobody", async () => {
  equal(await standardErrorOf({ env: {}, shell: "2>/dev/full" }), "exit code 3\n");
});
