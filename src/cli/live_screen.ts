// A text that is shown anew again and again, in the terminal's other screen, until a person has seen enough.
//
//   closed --open: other screen, no cursor, keys one by one--> open --q, Ctrl-C, a signal, an error--> closed
//                                                               |  ^
//                                                          Ctrl-Z  fg
//                                                               v  |
//                                                             suspended
//
// Every way out passes `close`, which leaves the terminal as it was. Should the terminal itself be gone, nobody is left
// to be told.

import process from "node:process";
import { onFatal } from "../host/signals.ts";
import { type NoAnswer, noAnswerText } from "../host/control_client.ts";
import { spanText } from "../daemon/words.ts";
import { exitCode } from "./exit_codes.ts";
import { frameOf, type Key, keysIn, scrolled, type Size } from "./live_frame.ts";

/** What is shown. */
export interface LiveShow<Answer extends { readonly kind: "ok" }> {
  /** Asked again and again. */
  readonly ask: () => Promise<Answer | NoAnswer>;
  readonly render: (answer: Answer) => string;
  /** What the command would exit with, were this its only answer. */
  readonly codeOf: (answer: Answer) => number;
  readonly colours: boolean;
}

/** Between two looks. */
const everyMs = 1_000;

/** Shows it until a person or a signal ends it; answers the exit code of the last look. Rethrows what nobody caught. */
export async function runLive<Answer extends { readonly kind: "ok" }>(
  show: LiveShow<Answer>,
): Promise<number> {
  const screen = new LiveScreen(show.colours);
  let last: { readonly text: string; readonly at: number } | null = null;
  let code: number = exitCode.ok;
  screen.open();
  try {
    for (;;) {
      const answer = await Promise.race([screen.ended, show.ask()]);
      if (answer === "ended") return code;
      const now = Date.now();
      if (answer.kind === "ok") {
        last = { text: show.render(answer), at: now };
        code = show.codeOf(answer);
        screen.show(last.text);
      } else {
        code = exitCode.unreachable;
        screen.show(awayText(answer, last, now));
      }
      if (await Promise.race([screen.ended, passed(everyMs)]) === "ended") return code;
    }
  } finally {
    screen.close();
  }
}

/** There is no answer now; what was said last may still be of use. */
function awayText(
  answer: NoAnswer,
  last: { readonly text: string; readonly at: number } | null,
  now: number,
): string {
  const why = noAnswerText(answer);
  const before = last === null ? "" : `\nAs it was ${spanText(now - last.at)} ago:\n\n${last.text}`;
  return `${why}\nIt is asked again every second.\n${before}`;
}

/** The other screen, no wrapping, no cursor; and back, in the other order. */
const enter = "\x1b[?1049h\x1b[?7l\x1b[?25l";
const leave = "\x1b[?25h\x1b[?7h\x1b[?1049l";

/** All of these would end the process at once, and leave the terminal as it is. */
const endSignals = ["SIGINT", "SIGTERM", "SIGHUP", "SIGQUIT", "SIGUSR1", "SIGUSR2"] as const;

class LiveScreen {
  /** Fulfilled when somebody ends it; rejected with an error that nobody caught. */
  readonly ended: Promise<"ended">;
  readonly #colours: boolean;
  #end: () => void = () => {};
  #fail: (error: unknown) => void = () => {};
  #state: "closed" | "open" | "suspended" = "closed";
  #text = "";
  #top = 0;
  #page = 1;

  constructor(colours: boolean) {
    this.#colours = colours;
    this.ended = new Promise((resolve, reject) => {
      this.#end = () => resolve("ended");
      this.#fail = reject;
    });
    // It is listened to only between looks.
    this.ended.catch(() => {});
  }

  open(): void {
    for (const signal of endSignals) Deno.addSignalListener(signal, () => this.#end());
    Deno.addSignalListener("SIGWINCH", () => this.#draw());
    // Stopped by somebody else, or by Ctrl-Z where keys are not read one by one: the shell has had the terminal.
    Deno.addSignalListener("SIGCONT", () => this.#resume());
    onFatal((error) => this.#fail(error));
    if (process.stdin.isTTY) {
      process.stdin.on("data", (sent: Uint8Array) => this.#press(new TextDecoder().decode(sent)));
      process.stdin.on("end", () => this.#end());
      process.stdin.on("error", () => this.#end());
    }
    this.#take();
  }

  show(text: string): void {
    this.#text = text;
    this.#draw();
  }

  close(): void {
    if (this.#state === "open") this.#release();
    this.#state = "closed";
    process.stdin.pause();
  }

  #take(): void {
    this.#state = "open";
    readKeysOneByOne(true);
    this.#write(enter);
    this.#draw();
  }

  #release(): void {
    this.#write(leave);
    readKeysOneByOne(false);
  }

  #draw(): void {
    if (this.#state !== "open" || this.#text === "") return;
    const { drawing, top, page } = frameOf(this.#text, {
      size: consoleSize(),
      top: this.#top,
      colours: this.#colours,
    });
    [this.#top, this.#page] = [top, page];
    this.#write(drawing);
  }

  #press(sent: string): void {
    for (const key of keysIn(sent)) this.#obey(key);
    this.#draw();
  }

  #obey(key: Key): void {
    if (key === "quit") this.#end();
    else if (key === "suspend") this.#suspend();
    else this.#top = scrolled(this.#top, key, this.#page);
  }

  /** A process that no shell looks after is not stopped; then it goes on. */
  #suspend(): void {
    if (this.#state !== "open") return;
    this.#release();
    this.#state = "suspended";
    process.kill(process.pid, "SIGTSTP");
    setTimeout(() => this.#resume(), suspendMs);
  }

  #resume(): void {
    if (this.#state === "closed") return;
    this.#take();
  }

  #write(text: string): void {
    let rest = new TextEncoder().encode(text);
    while (rest.length > 0) {
      try {
        rest = rest.subarray(Deno.stdout.writeSync(rest));
      } catch (error) {
        // The terminal is gone.
        if (!(error instanceof Deno.errors.WouldBlock)) return this.#end();
        Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5);
      }
    }
  }
}

/** By then a stop has taken effect; the timer rings when the process runs on after it. */
const suspendMs = 100;

/** As they are pressed, without an echo; or by lines, as a shell has it. */
function readKeysOneByOne(on: boolean): void {
  if (!process.stdin.isTTY) return;
  try {
    process.stdin.setRawMode(on);
    if (on) process.stdin.resume();
  } catch {
    // The terminal is gone.
  }
}

function consoleSize(): Size {
  try {
    const { columns, rows } = Deno.consoleSize();
    // A terminal of no size, as on a serial line, does not know it.
    if (columns > 0 && rows > 0) return { columns, rows };
  } catch {
    // It is gone, or tells nobody.
  }
  return { columns: 80, rows: 24 };
}

const passed = (ms: number): Promise<"passed"> =>
  new Promise((resolve) => setTimeout(() => resolve("passed"), ms));
