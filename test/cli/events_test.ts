import { deepEqual, equal, match } from "node:assert/strict";
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
  const line = renderEvent(entry(1, { text: "a\x1b[2Jb\nc" }), { colours: false });
  equal(line, "2026-11-27 03:12:41.123  group  a?[2Jb?c\n");
});

Deno.test("send refuses what is not one line, with a hint, before it asks anybody", async () => {
  for (
    const [text, found] of [["", "empty"], ["a\nb", "control character"], [
      "a".repeat(1_001),
      "1001",
    ]] as const
  ) {
    const { code, err } = await molehill("send", text, "--runtime-dir", "/nowhere/run");
    equal(code, 64);
    match(
      err,
      new RegExp(`^molehill: Cannot send: .*${found}.* \\(wanted one line of 1 to 1000 characters\\)\n$`),
    );
  }
  equal((await molehill("send", "hello", "--runtime-dir", "/nowhere/run")).code, 2);
});
