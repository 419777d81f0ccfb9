// The values of [log]: where the daemon's log goes, how much of it is kept, and what the same words mean on each host.

import type { HostName } from "../core/vocabulary.ts";
import type { LogPlace } from "./configuration.ts";
import { ofText, ok, oneOf, type Reader, type Reading, typeFact, withHint, wrong } from "./reading.ts";
import type { FileTables } from "./schema.ts";

/** The levels, the one that tells the most first. */
export const logLevel = oneOf("debug", "info", "warning", "error");

/**
 * The path of the log file, as it stands in the file: "%h" stands for the host's name and "%%" for a percent sign. So
 * the identical file is right on every host, even where they share the directory.
 */
export const logFile: Reader<string> = ofText(
  'an absolute path such as "/var/log/molehill/%h.log"',
  (text) => {
    if (!text.startsWith("/")) return wrong(text === "" ? "it is empty" : "it does not start with /");
    if (text.endsWith("/")) return wrong("it is a directory");
    if (/\p{Cc}/u.test(text)) return wrong("it contains a control character");
    const foreign = /%.?/u.exec(text.replace(/%[h%]/g, " "))?.[0];
    if (foreign === undefined) return ok(text);
    return wrong(
      `"${foreign}" means nothing in it`,
      'only "%h" for the host\'s name, "%%" for a percent sign',
    );
  },
);

/** The path of the log file of this host. */
export const logFileOf = (file: string, host: HostName): string =>
  file.replace(/%[h%]/g, (found) => found === "%h" ? host : "%");

const unitBytes: ReadonlyMap<string, number> = new Map([["KB", 1e3], ["MB", 1e6], ["GB", 1e9]]);
/** More than is ever written in one go. */
const sizeLeast = 1e5;
const sizeMost = 1e12;

/** The size of a file, in bytes; "off": no limit. */
export const sizeOrOff: Reader<number | "off"> = {
  wanted: 'a size such as "500KB", "10MB" or "1GB", or "off"',
  read: (value) => {
    if (value === "off") return ok("off");
    return typeof value === "string" ? readSize(value) : wrong(typeFact(value));
  },
};

function readSize(text: string): Reading<number> {
  const parts = /^(\d+(?:\.\d+)?) ?([^\d\s.]*)$/.exec(text);
  if (parts === null) return wrong(text === "" ? "it is empty" : "it is not a size");
  const [, amount = "", unit = ""] = parts;
  if (unit === "") return wrong("it has no unit", `a size such as "${amount}KB" or "${amount}MB"`);
  const each = unitBytes.get(unit);
  if (each === undefined) return wrong(`unknown unit "${unit}"`, "KB, MB or GB");
  const bytes = Math.round(Number(amount) * each);
  if (bytes < sizeLeast) return wrong("it is below 100 KB", 'at least "100KB"');
  return bytes > sizeMost ? wrong("it is above 1,000 GB") : ok(bytes);
}

/** A size as the file would write it. */
export function sizeText(bytes: number): string {
  const [unit, each] = [...unitBytes].findLast(([, size]) => bytes % size === 0) ?? ["KB", 1e3];
  return `${bytes / each}${unit}`;
}

/** Those of syslog(3) that a daemon may have. */
export const facilities = [
  "daemon",
  "user",
  "syslog",
  "local0",
  "local1",
  "local2",
  "local3",
  "local4",
  "local5",
  "local6",
  "local7",
] as const;

/** Under which name the system log gets it; null: not at all. */
export const syslogFacility: Reader<string | null> = {
  wanted: `false, true (which is "daemon"), "user", "syslog", or "local0" to "local7"`,
  read(value) {
    if (typeof value === "boolean") return ok(value ? "daemon" : null);
    if (typeof value !== "string") return wrong(typeFact(value));
    if (facilities.some((each) => each === value)) return ok(value);
    return wrong("unknown facility", withHint(value, { known: facilities, wanted: this.wanted }));
  },
};

const maxSizeUsual = 10e6;
const keepUsual = 5;

/** What [log] asks for. */
export const logPlaceOf = (keys: FileTables["log"]): LogPlace => ({
  file: keys.file ?? null,
  level: keys.level,
  maxSize: keys.max_size === "off" ? null : keys.max_size ?? maxSizeUsual,
  keep: keys.keep ?? keepUsual,
  syslog: keys.syslog,
});
