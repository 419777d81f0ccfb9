import { deepEqual, equal, match, ok } from "node:assert/strict";
import type { ControlRequest, ControlResponse, EventEntry } from "../../src/codec/control.ts";
import { renderEvent } from "../../src/cli/render_events.ts";
import { openControlServer } from "../../src/host/control_server.ts";
import { golden } from "../support/golden.ts";
import { molehill } from "./captured.ts";

const entry = (number: number, change: Partial<EventEntry> = {}): EventEntry => ({
  number,
  at: `2026-11-27T03:12:4${number}.123Z`,
  scope: "group",
  level: "info",
  kind: "viewInstalled",
  text: `Installed view ${number} (coordinator "test00") of 3 hosts: test00, test01, test02`,
  details: { view: { number } },
  ...change,
});

const entries = [
  entry(1),
  entry(2, {
    scope: "host",
    level: "warning",
    kind: "hostSilent",
    text: 'Host "test02" is silent: nothing heard from it for 501ms',
  }),
  entry(3, {
    kind: "said",
    text: 'Host "test01" took VIP "web-a" over from host "test02": noticed after 501 ms, agreed in 3.1 ms, ' +
      "acquired in 2.4 ms, announced in 0.4 ms, confirmed in 1.2 ms",
  }),
];

async function asked(...args: readonly string[]) {
  const directory = await Deno.makeTempDir();
  const opened = await openControlServer(directory);
  if (opened.kind !== "open") throw new Error(opened.problem);
  const requests: ControlRequest[] = [];
  opened.server.onRequest((request): Promise<ControlResponse> => {
    requests.push(request);
    const events = { version: "0.1.0", group: "tudou", host: "test00", entries, last: 3 };
    return Promise.resolve({ kind: "events", events });
  });
  try {
    return { ...await molehill("events", ...args, "--runtime-dir", directory), requests };
  } finally {
    await opened.server.close();
    await Deno.remove(directory, { recursive: true });
  }
}

Deno.test("events prints the record, oldest first, one entry a line", async () => {
  const { code, out, requests } = await asked();
  equal(code, 0);
  deepEqual(requests, [{ kind: "events", after: 0, wait: 0 }]);
  await golden("cli/events.txt", out);
});

Deno.test("events --json prints each entry as a line of JSON; --last limits them", async () => {
  const { out } = await asked("--json", "--last", "2");
  deepEqual(out.trim().split("\n").map((line) => JSON.parse(line)), entries.slice(1));
  equal((await asked("--last", "0")).out, "");
});

Deno.test("events without a daemon exits with 2 and says what to do", async () => {
  const { code, err } = await molehill("events", "--runtime-dir", "/nowhere/run");
  equal(code, 2);
  match(err, /is the daemon running/);
});

Deno.test("renderEvent() lets nobody move the reader's cursor", () => {
  const line = renderEvent(entry(1, { text: "a\x1b[2Jb\nc\u202ed" }), { colours: false });
  equal(line, "2026-11-27 03:12:41.123  group  a?[2Jb?c?d\n");
});

Deno.test("send, drain and resume refuse what is not one line, name the option, and ask nobody", async () => {
  const lines = {
    "a\nb": "has U+000A",
    "a\u2028b": "has U+2028",
    "a\u202eb": "has U+202E",
    " ": "has only blanks",
    [`a${"b".repeat(1_000)}`]: "has 1001 characters",
  };
  for (const [text, found] of Object.entries(lines)) {
    for (const words of [["send"], ["drain", "--reason"], ["resume", "--reason"]]) {
      const { code, err } = await molehill(...words, text, "--runtime-dir", "/nowhere/run");
      equal(code, 64);
      const name = words[1] ?? "TEXT";
      ok(err.startsWith(`molehill: ${name}: The text ${found}`), err);
      match(err, /\(wanted one line of [01] to 1000 characters\)\.\n\nSee: molehill \w+ --help\n$/);
    }
  }
  equal((await molehill("send", "", "--runtime-dir", "/nowhere/run")).code, 64);
  equal((await molehill("send", "hello", "--runtime-dir", "/nowhere/run")).code, 2);
});
