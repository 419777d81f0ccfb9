// Entries for the system log, on a datagram socket of the test's own.

import { deepEqual, equal, match, ok } from "node:assert/strict";
import type { LogRecord } from "@logtape/logtape";
import { syslogMessage } from "../../src/host/log_line.ts";
import { facilityNumber, openSyslog, type Syslog } from "../../src/host/syslog.ts";
import { waitUntil } from "../support/wait.ts";
import { startSystemLog } from "./system_log.ts";

const record = (text: string, level: LogRecord["level"] = "info"): LogRecord => ({
  category: ["molehill"],
  level,
  message: [text],
  rawMessage: text,
  timestamp: new Date(2026, 10, 2, 3, 4, 5).getTime(),
  properties: {},
});

Deno.test("a message is as syslog(3) would send it", () => {
  const message = syslogMessage({ ...record("web-a\nis here", "warning"), properties: { vips: 1 } }, {
    facility: 16,
    pid: 42,
  });
  equal(message, "<132>Nov  2 03:04:05 molehill[42]: web-a\\nis here  vips=1");
});

Deno.test("facilities have the numbers of syslog.h", () => {
  deepEqual(["daemon", "user", "syslog", "local0", "local7"].map(facilityNumber), [3, 1, 5, 16, 23]);
});

async function withSyslog(use: (opened: { log: Syslog; path: string; told: string[] }) => Promise<void>) {
  const directory = await Deno.makeTempDir({ prefix: "molehill-syslog-" });
  const path = `${directory}/log`;
  const told: string[] = [];
  const log = openSyslog({
    facility: 3,
    path,
    patienceMs: 20,
    events: {
      onTrouble: (problem) => void told.push(problem),
      onMended: () => void told.push("mended"),
      lost: (count) => record(`lost ${count}`),
    },
  });
  try {
    await use({ log, path, told });
  } finally {
    await log.close();
    await Deno.remove(directory, { recursive: true });
  }
}

const textsOf = (messages: readonly string[]): readonly string[] =>
  messages.map((message) => message.replace(/^.*?\]: /, "").trim());

Deno.test("an entry is with the system log when write() returns", async () => {
  await withSyslog(async ({ log, path, told }) => {
    using system = startSystemLog(path);
    log.write(record("one"));
    log.write(record("two", "error"));
    const [one = "", two = ""] = system.received();
    match(one, /^<30>Nov {2}2 03:04:05 molehill\[\d+\]: one$/);
    match(two, /^<27>.*: two$/);
    deepEqual(told, []);
  });
});

Deno.test("a system log that is missing is told once, and gets everything when it is there", async () => {
  await withSyslog(async ({ log, path, told }) => {
    log.write(record("one"));
    log.write(record("two"));
    await waitUntil(() => told.length > 0, { what: "the trouble to be told" });
    log.write(record("three"));
    using system = startSystemLog(path);
    await waitUntil(() => told.includes("mended"), { what: "the end of the trouble" });
    await log.flush();
    deepEqual(textsOf(system.received()), ["one", "two", "three"]);
    deepEqual(told, ["nobody takes it there (wanted a system log that takes datagrams)", "mended"]);
  });
});

Deno.test("a system log that was restarted gets the next entry", async () => {
  await withSyslog(async ({ log, path }) => {
    startSystemLog(path)[Symbol.dispose]();
    log.write(record("one"));
    await Deno.remove(path);
    using system = startSystemLog(path);
    log.write(record("two"));
    await log.flush();
    deepEqual(textsOf(system.received()), ["one", "two"]);
  });
});

Deno.test("a system log that reads nothing holds nobody up, and gets what waited when it reads again", async () => {
  await withSyslog(async ({ log, path }) => {
    using system = startSystemLog(path);
    for (let at = 0; at < 300; at++) log.write(record(`line ${at}`));
    const texts: string[] = [];
    await waitUntil(() => {
      texts.push(...textsOf(system.received()));
      return texts.at(-1) === "line 299";
    }, { what: "the last entry" });
    deepEqual(texts, Array.from({ length: 300 }, (_, at) => `line ${at}`));
  });
});

Deno.test("an entry that is too long for a datagram is cut", async () => {
  await withSyslog(async ({ log, path }) => {
    using system = startSystemLog(path);
    log.write(record("x".repeat(1_000_000)));
    log.write(record("next"));
    const [long = "", next = ""] = system.received();
    equal(long.length, 8_000);
    ok(next.endsWith(": next"));
  });
});
