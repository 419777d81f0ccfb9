// The log: one line an entry, on standard error, written before the call returns, so that the last words of a
// dying daemon are read.
//
//   2026-11-22T13:44:05.123Z warning Host "test01" is silent  kind=hostSilent host=test01 silentFor=512
//
// For systemd (JOURNAL_STREAM is set) the journal knows the time, and wants the level as "<4>" in front.

import { configureSync, getLogger } from "@logtape/logtape";
import type { LogRecord } from "@logtape/logtape";
import type { Log, LogLevel } from "../daemon/ports.ts";

/** How a line looks. "plain" and "colours" have the time in front, "journal" has the level as systemd reads it. */
export type LogStyle = "plain" | "colours" | "journal";

export interface LogOptions {
  /** Entries below this are not written. */
  readonly lowest: LogLevel;
  readonly style: LogStyle;
  /** Takes a whole line, newline included. */
  readonly write: (line: string) => void;
}

/** The log of this process. Options left out are what standard error wants; the lowest level is "info". */
export function createLog(options: Partial<LogOptions> = {}): Log {
  const { lowest = "info", style = styleOfStandardError(), write = writeToStandardError } = options;
  configureSync({
    reset: true,
    sinks: { lines: (record) => write(lineOf(record, style)) },
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
  };
}

function styleOfStandardError(): LogStyle {
  if ((Deno.env.get("JOURNAL_STREAM") ?? "") !== "") return "journal";
  const coloursForbidden = (Deno.env.get("NO_COLOR") ?? "") !== "";
  return Deno.stderr.isTerminal() && !coloursForbidden ? "colours" : "plain";
}

/** A log that cannot be written is no reason to let VIPs go. */
function writeToStandardError(line: string): void {
  let rest = new TextEncoder().encode(line);
  try {
    while (rest.length > 0) rest = rest.subarray(Deno.stderr.writeSync(rest));
  } catch {
    // Its reader is gone, or the disk is full: there is nowhere to say so.
  }
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
