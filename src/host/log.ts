// The log: where each entry goes, and where it goes instead when it cannot go there. It never stops or slows the daemon.
//
//   nothing asked for      standard error
//   a file, a system log   there; and to standard error too where somebody looks on: at a terminal, and in the journal
//                          (unless that gets it from the system log anyway)
//
// Trouble of one of them is told once, in the others. While none of them can be written, everything goes to standard
// error, from the first entry on that may be missing. When the trouble is over, they go on by themselves.
//
// On standard error a line is written before the call returns where the reader has room for it, so that the last words
// of a dying daemon are read; log_file.ts and syslog.ts say how it is with them.

import { configureSync, getLogger } from "@logtape/logtape";
import type { LogRecord } from "@logtape/logtape";
import type { Log, LogLevel } from "../daemon/ports.ts";
import { type LogFile, type LogFilePlace, openLogFile } from "./log_file.ts";
import { lineOf, type LogStyle } from "./log_line.ts";
import { type LineWriter, openStandardError } from "./standard_error.ts";
import { facilityNumber, openSyslog, type Syslog } from "./syslog.ts";

/** What may change while the daemon runs. */
export interface LogPlan {
  /** Entries below this are not written. */
  readonly lowest: LogLevel;
  readonly file: LogFilePlace | null;
  /** The facility under which the system log gets it; null: not at all. */
  readonly syslog: string | null;
}

/** What standard error is, and where the system log is. */
export interface LogSurroundings {
  readonly style: LogStyle;
  readonly out: LineWriter;
  /** Somebody looks on: it gets everything, whatever else does. */
  readonly isWatched: boolean;
  /** Where the system log listens. */
  readonly syslogPath: string;
}

export type LogOptions = LogSurroundings & LogPlan;

/** The log of the process. */
export interface ProcessLog extends Log {
  problems(): readonly string[];
  /** For what standard error was told already: writes it to the file and the system log alone. */
  repeat(level: LogLevel, text: string): void;
  /** Logs from now on as the plan says. What did not change is not touched. */
  adopt(plan: LogPlan): void;
  /** The file under the log's name is another one now. */
  reopen(): void;
  /** Before the process exits, what waits for a slow reader is given some more time. */
  flush(): Promise<void>;
}

/** The log of this process. Options left out are what standard error wants; the lowest level is "info". */
export function createLog(options: Partial<LogOptions> = {}): ProcessLog {
  const { style = styleOfStandardError(), syslogPath = "/dev/log" } = options;
  const { out = openStandardError((count) => lineOf(lossOf(count), style)) } = options;
  const { isWatched = isTerminalOrJournal(style) } = options;
  const routes = new Routes({ style, out, isWatched, syslogPath });
  const { lowest = "info", file = null, syslog = null } = options;
  routes.adopt({ lowest, file, syslog });
  return routes;
}

/** Somewhere that entries go, other than standard error. */
interface Output {
  /** For people. */
  readonly name: string;
  /** What it was opened for: equal texts mean the same. */
  readonly asked: string;
  write(record: LogRecord): void;
  reopen(): void;
  flush(): Promise<void>;
  close(): Promise<void>;
}

/** So many of the newest entries can be told again to somebody else. */
const RECENT_MAX = 200;

class Routes implements ProcessLog {
  readonly #options: LogSurroundings;
  #outputs: readonly Output[] = [];
  /** Those that take nothing just now, and why; for people. */
  readonly #troubled = new Map<Output, string>();
  /** Of those that the plan does not name any more. */
  readonly #closing = new Set<Promise<void>>();
  #hasSyslog = false;
  /** The newest entries, oldest first, and whether standard error has them. */
  readonly #recent: { readonly record: LogRecord; isSaid: boolean }[] = [];
  #isRepeating = false;

  constructor(options: LogSurroundings) {
    this.#options = options;
  }

  write(level: LogLevel, text: string, fields: Readonly<Record<string, unknown>> = {}): void {
    // Emitted as it is: a "{" in the text is no placeholder.
    getLogger("molehill").emit({
      level,
      message: [text],
      rawMessage: text,
      timestamp: Date.now(),
      properties: { ...fields },
    });
  }

  problems(): readonly string[] {
    return [...this.#troubled.values()];
  }

  repeat(level: LogLevel, text: string): void {
    this.#isRepeating = true;
    this.write(level, text);
    this.#isRepeating = false;
  }

  adopt({ lowest, file, syslog }: LogPlan): void {
    configureSync({
      reset: true,
      sinks: { routes: (record) => this.#route(record) },
      loggers: [
        { category: "molehill", lowestLevel: lowest, sinks: ["routes"] },
        { category: ["logtape", "meta"], lowestLevel: "error", sinks: ["routes"] },
      ],
    });
    this.#hasSyslog = syslog !== null;
    const before = this.#outputs;
    const wanted = [
      ...(file === null ? [] : [[askedOf(file), () => this.#openFile(file)] as const]),
      ...(syslog === null ? [] : [[syslog, () => this.#openSyslog(syslog)] as const]),
    ];
    this.#outputs = wanted.map(([asked, open]) => before.find((output) => output.asked === asked) ?? open());
    for (const output of before) {
      if (this.#outputs.includes(output)) continue;
      this.#troubled.delete(output);
      const closed = output.close().finally(() => this.#closing.delete(closed));
      this.#closing.add(closed);
    }
  }

  reopen(): void {
    for (const output of this.#outputs) output.reopen();
  }

  async flush(): Promise<void> {
    await Promise.all([...this.#closing, ...this.#outputs.map((output) => output.flush())]);
    // Trouble that was seen only now is told on standard error.
    await Promise.resolve();
    await this.#options.out.flush();
  }

  #route(record: LogRecord): void {
    const entry = { record, isSaid: this.#isRepeating };
    this.#recent.push(entry);
    if (this.#recent.length > RECENT_MAX) this.#recent.shift();
    for (const output of this.#outputs) output.write(record);
    if (this.#isOnStandardError()) this.#say(entry);
  }

  #isOnStandardError(): boolean {
    return this.#isWatched() || this.#outputs.every((output) => this.#troubled.has(output));
  }

  /** The journal gets what the system log gets. */
  #isWatched(): boolean {
    const { isWatched, style } = this.#options;
    return isWatched && !(style === "journal" && this.#hasSyslog);
  }

  #say(entry: { readonly record: LogRecord; isSaid: boolean }): void {
    if (!entry.isSaid) this.#options.out.write(lineOf(entry.record, this.#options.style));
    entry.isSaid = true;
  }

  #openFile(file: LogFilePlace): Output {
    const events = {
      onTrouble: (problem: string, since: number) => this.#trouble(output, { problem, since }),
      onMended: () => this.#mended(output),
      onRotation: (problem: string | null) => this.#rotation(file, problem),
      lost: (count: number) => lineOf(lossOf(count), "plain"),
    };
    const opened: LogFile = openLogFile(file, { events });
    const output: Output = {
      name: `the log file "${file.path}"`,
      asked: askedOf(file),
      write: (record) => opened.write(lineOf(record, "plain"), record.timestamp),
      reopen: () => opened.reopen(),
      flush: () => opened.flush(),
      close: () => opened.close(),
    };
    return output;
  }

  #openSyslog(facility: string): Output {
    const { syslogPath: path } = this.#options;
    const events = {
      onTrouble: (problem: string, since: number) => this.#trouble(output, { problem, since }),
      onMended: () => this.#mended(output),
      lost: lossOf,
    };
    const opened: Syslog = openSyslog({ facility: facilityNumber(facility), events, path });
    const output: Output = {
      name: `the system log ${path}`,
      asked: facility,
      write: (record) => opened.write(record),
      reopen: () => {},
      flush: () => opened.flush(),
      close: () => opened.close(),
    };
    return output;
  }

  /** An output tells this while an entry is on its way to others, who are to have that one first. */
  #trouble(output: Output, { problem, since }: { readonly problem: string; readonly since: number }): void {
    queueMicrotask(() => {
      if (!this.#outputs.includes(output)) return;
      const text = `Cannot write ${output.name}: ${problem}`;
      this.#troubled.set(output, text);
      if (this.#isOnStandardError()) {
        for (const entry of this.#recent) if (entry.record.timestamp >= since) this.#say(entry);
      }
      const others = this.#outputs.filter((each) => !this.#troubled.has(each)).map(({ name }) => name);
      const where = others.length > 0 ? others.join(" and ") : "standard error";
      this.write("warning", `${text}; until it can be, the log goes to ${where}`);
    });
  }

  #mended(output: Output): void {
    queueMicrotask(() => {
      if (this.#troubled.delete(output)) this.write("info", `Now ${output.name} is written again`);
    });
  }

  #rotation({ path, bytesMax }: LogFilePlace, problem: string | null): void {
    queueMicrotask(() => {
      if (problem === null) return this.write("info", `The log file "${path}" was rotated again`);
      this.write(
        "warning",
        `Cannot rotate the log file "${path}": ${problem}; it is written, and grows beyond ${bytesMax} bytes`,
      );
    });
  }
}

const askedOf = (file: LogFilePlace): string => JSON.stringify(file);

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

const isUnderSystemd = (): boolean => (Deno.env.get("JOURNAL_STREAM") ?? "") !== "";

function styleOfStandardError(): LogStyle {
  if (isUnderSystemd()) return "journal";
  const coloursForbidden = (Deno.env.get("NO_COLOR") ?? "") !== "";
  return Deno.stderr.isTerminal() && !coloursForbidden ? "colours" : "plain";
}

const isTerminalOrJournal = (style: LogStyle): boolean => style === "journal" || Deno.stderr.isTerminal();
