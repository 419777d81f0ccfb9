// The log: one line an entry, on standard error, written before the call returns where the reader has room for it, so
// that the last words of a dying daemon are read. A reader that stops reading stops nobody.
//
//   2026-11-22T13:44:05.123Z warning Host "test01" is silent  kind=hostSilent host=test01 silentFor=512
//
// For systemd (JOURNAL_STREAM is set) the journal knows the time, and wants the level as "<4>" in front.

import { configureSync, getLogger } from "@logtape/logtape";
import type { LogRecord } from "@logtape/logtape";
import type { Log, LogLevel } from "../daemon/ports.ts";
import { type LineWriter, openStandardError } from "./standard_error.ts";

/** How a line looks. "plain" and "colours" have the time in front, "journal" has the level as systemd reads it. */
export type LogStyle = "plain" | "colours" | "journal";

export interface LogOptions {
  /** Entries below this are not written. */
  readonly lowest: LogLevel;
  readonly style: LogStyle;
  readonly out: LineWriter;
}

/** The log with its end: before the process exits, what waits for a slow reader is given some more time. */
export interface ProcessLog extends Log {
  flush(): Promise<void>;
}

/** The log of this process. Options left out are what standard error wants; the lowest level is "info". */
export function createLog(options: Partial<LogOptions> = {}): ProcessLog {
  const { lowest = "info", style = styleOfStandardError() } = options;
  const { out = openStandardError((count) => lineOf(lossOf(count), style)) } = options;
  configureSync({
    reset: true,
    sinks: { lines: (record) => out.write(lineOf(record, style)) },
    loggers: [
      { category: "molehill", lowestLevel: lowest, sinks: ["lines"] },
      { category: ["logtape", "meta"], lowestLevel: "error", sinks: ["lines"] },
    ],
  });
  const logger = getLogger("molehill");
  return {
    // Emitted as it is: a "{" in the text is no placeholder.
    write: (level, text, fields = {}) =>
      logger.emit({
        level,
        message: [text],
        rawMessage: text,
        timestamp: Date.now(),
        properties: { ...fields },
      }),
    flush: () => out.flush(),
  };
}

function lossOf(count: number): LogRecord {
  const text = "Lines of this log were lost here: nobody read them in time";
  return {
    category: ["molehill"],
    level: "warning",
    message: [text],
    rawMessage: text,
    timestamp: Date.now(),
    properties: { lines: count },
  };
}

function styleOfStandardError(): LogStyle {
  if ((Deno.env.get("JOURNAL_STREAM") ?? "") !== "") return "journal";
  const coloursForbidden = (Deno.env.get("NO_COLOR") ?? "") !== "";
  return Deno.stderr.isTerminal() && !coloursForbidden ? "colours" : "plain";
}

type RecordLevel = LogRecord["level"];

/** As syslog.h numbers them. */
const priority: Readonly<Record<RecordLevel, number>> = {
  trace: 7,
  debug: 7,
  info: 6,
  warning: 4,
  error: 3,
  fatal: 2,
};

const colour: Readonly<Record<RecordLevel, string>> = {
  trace: "\x1b[2m",
  debug: "\x1b[2m",
  info: "",
  warning: "\x1b[33m",
  error: "\x1b[31m",
  fatal: "\x1b[31m",
};

function lineOf({ level, message, timestamp, properties }: LogRecord, style: LogStyle): string {
  const text = oneLine(message.map(String).join(""));
  const fields = Object.entries(properties).map(([name, value]) => `${name}=${fieldText(value)}`).join(" ");
  const time = new Date(timestamp).toISOString();
  const word = level.padEnd(7);
  const details = fields === "" ? "" : `  ${fields}`;
  switch (style) {
    case "journal":
      return `<${priority[level]}>${text}${details}\n`;
    case "plain":
      return `${time} ${word} ${text}${details}\n`;
    case "colours":
      return `${dim(time)} ${colour[level]}${word}\x1b[0m ${text}${dim(details)}\n`;
  }
}

const dim = (text: string): string => (text === "" ? "" : `\x1b[2m${text}\x1b[0m`);

/** A thousand VIPs in one entry are for `status` to show. */
const FIELD_CHARACTERS_MAX = 200;

/** Bare where it can be read without doubt, as JSON otherwise. */
function fieldText(value: unknown): string {
  const bare = typeof value === "string" && /^[^\s"{[\p{Cc}]+$/u.test(value);
  const text = oneLine(bare ? value : JSON.stringify(value) ?? String(value));
  return text.length > FIELD_CHARACTERS_MAX ? `${text.slice(0, FIELD_CHARACTERS_MAX)}...` : text;
}

/** What comes from outside must not make a second line, nor move the reader's cursor. */
function oneLine(text: string): string {
  return text.replace(/\p{Cc}/gu, (control) => `\\x${control.charCodeAt(0).toString(16).padStart(2, "0")}`)
    .replaceAll("\\x0a", "\\n");
}
