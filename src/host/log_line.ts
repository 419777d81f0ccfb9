// How an entry of the log looks as a line: one line each, whatever its text contains.
//
//   2026-11-22T13:44:05.123Z warning Host "test01" is silent  kind=hostSilent host=test01 silentFor=512
//
// Who has the time and the level of his own gets neither in the text: the journal wants the level as "<4>" in front, the
// system log as a number with the facility (RFC 3164, as the C library's syslog(3) writes it to /dev/log).

import type { LogRecord } from "@logtape/logtape";

/** "plain" and "colours" have the time in front, "journal" has the level as systemd reads it. */
export type LogStyle = "plain" | "colours" | "journal";

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

/** The entry as a line, with its end. */
export function lineOf(record: LogRecord, style: LogStyle): string {
  const { level } = record;
  const { text, details } = wordsOf(record);
  const time = new Date(record.timestamp).toISOString();
  const word = level.padEnd(7);
  switch (style) {
    case "journal":
      return `<${priority[level]}>${text}${details}\n`;
    case "plain":
      return `${time} ${word} ${text}${details}\n`;
    case "colours":
      return `${dim(time)} ${colour[level]}${word}\x1b[0m ${text}${dim(details)}\n`;
  }
}

/** The entry as a message to the system log, by a facility's number in syslog.h. */
export function syslogMessage(
  record: LogRecord,
  { facility, pid }: { facility: number; pid: number },
): string {
  const { text, details } = wordsOf(record);
  const head = `<${8 * facility + priority[record.level]}>${syslogTime(record.timestamp)} molehill[${pid}]: `;
  return `${head}${text}${details}`;
}

const months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/** "Nov  2 13:44:05", in local time. */
function syslogTime(timestamp: number): string {
  const time = new Date(timestamp);
  const two = (value: number) => String(value).padStart(2, "0");
  const day = String(time.getDate()).padStart(2);
  const clock = [time.getHours(), time.getMinutes(), time.getSeconds()].map(two).join(":");
  return `${months[time.getMonth()]} ${day} ${clock}`;
}

function wordsOf({ message, properties }: LogRecord): { readonly text: string; readonly details: string } {
  const text = oneLine(message.map(String).join(""));
  const fields = Object.entries(properties).map(([name, value]) => `${name}=${fieldText(value)}`).join(" ");
  return { text, details: fields === "" ? "" : `  ${fields}` };
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
