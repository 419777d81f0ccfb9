// A real terminal for a program, without a person: a pseudo-terminal of the kernel. The program gets its slave side as
// the controlling terminal of a session of its own; the test holds the master side, presses keys, changes the size, and
// sees what a person would see (screen_image.ts).
//
// Linux, little-endian, glibc; the constants are those of <asm-generic/ioctls.h> and <fcntl.h>.

import { mustRun } from "./command.ts";
import { ScreenImage } from "./screen_image.ts";
import { sleep, waitUntil } from "./wait.ts";

const libc = Deno.dlopen("libc.so.6", {
  open: { parameters: ["buffer", "i32"], result: "i32" },
  close: { parameters: ["i32"], result: "i32" },
  grantpt: { parameters: ["i32"], result: "i32" },
  unlockpt: { parameters: ["i32"], result: "i32" },
  ptsname_r: { parameters: ["i32", "buffer", "usize"], result: "i32" },
  ioctl: { parameters: ["i32", "u64", "buffer"], result: "i32" },
  // The kernel gives ssize_t; what comes at once is small, and an i32 comes back without a BigInt.
  read: { parameters: ["i32", "buffer", "usize"], result: "i32" },
  write: { parameters: ["i32", "buffer", "usize"], result: "i32" },
}).symbols;

const O_RDWR = 2, O_NOCTTY = 0o400, O_NONBLOCK = 0o4000, O_CLOEXEC = 0o2000000;
const TIOCSWINSZ = 0x5414n;

export interface TerminalSize {
  readonly columns: number;
  readonly rows: number;
}

export class PseudoTerminal implements AsyncDisposable {
  /** The path of the side that programs have, as "/dev/pts/3". */
  readonly path: string;
  readonly image: ScreenImage;
  /** Everything that was written to it, control sequences and all. */
  written = "";
  readonly #master: number;
  /** Held open: else the terminal would hang up when the first program that has it ends. */
  readonly #slave: number;
  readonly #reading: Promise<void>;
  readonly #children = new Set<Deno.ChildProcess>();
  #isOpen = true;

  constructor(size: TerminalSize) {
    this.#master = opened("/dev/ptmx", O_NONBLOCK);
    if (libc.grantpt(this.#master) !== 0 || libc.unlockpt(this.#master) !== 0) {
      throw new Error("Cannot unlock the pseudo-terminal");
    }
    const name = new Uint8Array(64);
    libc.ptsname_r(this.#master, name, BigInt(name.length));
    this.path = new TextDecoder().decode(name.subarray(0, name.indexOf(0)));
    this.#slave = opened(this.path, O_NOCTTY);
    this.image = new ScreenImage(size);
    this.resize(size);
    this.#reading = this.#read();
  }

  resize(size: TerminalSize): void {
    this.image.resize(size);
    const { columns, rows } = size;
    if (libc.ioctl(this.#master, TIOCSWINSZ, new Uint16Array([rows, columns, 0, 0])) !== 0) {
      throw new Error("Cannot change the size of the pseudo-terminal");
    }
  }

  press(keys: string): void {
    const bytes = new TextEncoder().encode(keys);
    if (libc.write(this.#master, bytes, BigInt(bytes.length)) !== bytes.length) {
      throw new Error("Cannot press keys on the pseudo-terminal");
    }
  }

  /** Starts a program that has this as its terminal; `line` are its words. */
  start(line: readonly string[], env: Readonly<Record<string, string>> = {}): Deno.ChildProcess {
    // The shell opens the terminal, setsid makes it the controlling one. Both become the program: the pid is its own.
    const child = new Deno.Command("sh", {
      args: ["-c", 'exec setsid --ctty "$@" <"$0" >"$0" 2>&1', this.path, ...line],
      env: { TERM: "xterm", NO_COLOR: "", ...env },
      stdin: "null",
      stdout: "null",
      stderr: "null",
    }).spawn();
    this.#children.add(child);
    child.status.then(() => this.#children.delete(child));
    return child;
  }

  /** How it is set, as `stty -a` tells. */
  settings(): Promise<string> {
    return mustRun(["stty", "-a", "-F", this.path]);
  }

  /** Waits until the screen shows what matches. */
  async shows(wanted: RegExp | ((text: string) => boolean)): Promise<void> {
    const isShown = () =>
      wanted instanceof RegExp ? wanted.test(this.image.text()) : wanted(this.image.text());
    await waitUntil(isShown, {
      what: `the screen to show ${wanted}`,
      diagnosis: () => `${this.image.text()}\n${JSON.stringify(this.written.slice(-2_000))}`,
    });
  }

  /** As if its window had been closed. */
  hangUp(): void {
    this.#isOpen = false;
    libc.close(this.#slave);
    libc.close(this.#master);
  }

  /** Nothing that was started on it outlives it. */
  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#isOpen) this.hangUp();
    await this.#reading;
    for (const child of this.#children) child.kill("SIGKILL");
    await Promise.all([...this.#children].map((child) => child.status));
  }

  async #read(): Promise<void> {
    const decoder = new TextDecoder();
    const buffer = new Uint8Array(65_536);
    while (this.#isOpen) {
      const length = libc.read(this.#master, buffer, BigInt(buffer.length));
      if (length <= 0) {
        await sleep(5);
        continue;
      }
      const text = decoder.decode(buffer.subarray(0, length), { stream: true });
      this.written += text;
      this.image.write(text);
    }
  }
}

function opened(path: string, flags: number): number {
  const descriptor = libc.open(new TextEncoder().encode(`${path}\0`), O_RDWR | O_CLOEXEC | flags);
  if (descriptor < 0) throw new Error(`Cannot open ${path}`);
  return descriptor;
}
