// "status --watch" in a real terminal: what a person sees, and what is left of it afterwards. On Deno, and as the
// executable.

import { deepEqual, equal, match, ok } from "node:assert/strict";
import { fileURLToPath } from "node:url";
import type { ControlServer } from "../../src/daemon/ports.ts";
import { openControlServer } from "../../src/host/control_server.ts";
import { programs } from "../support/binary.ts";
import { PseudoTerminal } from "../support/pseudo_terminal.ts";
import { waitUntil } from "../support/wait.ts";
import { molehill } from "./captured.ts";
import { well } from "./status_values.ts";

/** A runtime directory in which something answers for a daemon. */
class StandIn implements AsyncDisposable {
  readonly directory = Deno.makeTempDirSync();
  #server: ControlServer | null = null;

  async open(): Promise<this> {
    const opened = await openControlServer(this.directory);
    if (opened.kind !== "open") throw new Error(opened.problem);
    opened.server.onRequest(() => Promise.resolve({ kind: "status", status: well }));
    this.#server = opened.server;
    return this;
  }

  async close(): Promise<void> {
    await this.#server?.close();
    this.#server = null;
  }

  get watchWords(): readonly string[] {
    return ["status", "--watch", "--runtime-dir", this.directory];
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
    await Deno.remove(this.directory, { recursive: true });
  }
}

/** The screen is the shell's again. */
async function isGivenBack(terminal: PseudoTerminal, settings: string): Promise<void> {
  const { image } = terminal;
  await waitUntil(() => terminal.written.endsWith("\x1b[?25h\x1b[?7h\x1b[?1049l"), {
    what: "the screen to be given back",
    diagnosis: () => JSON.stringify(terminal.written.slice(-200)),
  });
  deepEqual([image.isAlternate, image.isCursorShown, image.wraps], [false, true, true]);
  equal(await terminal.settings(), settings);
}

const top = /^Group tudou: running/;

for (const [how, wordsOf] of Object.entries(programs)) {
  Deno.test(`${how}, status --watch shows the status in the other screen, and q gives the terminal back`, async () => {
    await using daemon = await new StandIn().open();
    await using terminal = new PseudoTerminal({ columns: 100, rows: 30 });
    const settings = await terminal.settings();
    const child = terminal.start([...await wordsOf(), ...daemon.watchWords]);
    await terminal.shows(/^web-a .*held/m);
    match(terminal.image.text(), /q quits$/);
    deepEqual([terminal.image.isAlternate, terminal.image.isCursorShown], [true, false]);
    ok(await terminal.settings() !== settings, "keys are read one by one");
    ok(terminal.written.includes("\x1b[32mrunning\x1b[0m"));
    terminal.press("q");
    equal((await child.status).code, 0);
    await isGivenBack(terminal, settings);
  });

  Deno.test(`${how}, status --watch scrolls by keys and follows the size of the terminal`, async () => {
    await using daemon = await new StandIn().open();
    await using terminal = new PseudoTerminal({ columns: 60, rows: 6 });
    const child = terminal.start([...await wordsOf(), ...daemon.watchWords]);
    await terminal.shows(top);
    match(terminal.image.text(), /\.\.\. 7 more lines: arrows/);
    terminal.press("\x1b[B\x1b[B");
    await terminal.shows(/^\nHOST/);
    match(terminal.image.text(), /\.\.\. 5 more lines/);
    terminal.press("\x1b[6~");
    await terminal.shows(/^VIP|\nVIP/);
    terminal.press("G");
    await terminal.shows(/mail .*\n\.\.\. 7 more lines above/);
    terminal.press("kkg");
    await terminal.shows(top);
    terminal.resize({ columns: 20, rows: 4 });
    await terminal.shows(/^Group tudou: running\n3 of 3 hosts in the\n\n\.\.\. 9 more lines: ar$/);
    terminal.resize({ columns: 100, rows: 40 });
    await terminal.shows(/^mail .*held[^]*q quits$/m);
    terminal.press("q");
    equal((await child.status).code, 0);
  });

  for (const way of ["Ctrl-C", "SIGINT", "SIGTERM", "SIGHUP", "SIGQUIT", "SIGUSR1", "SIGUSR2"] as const) {
    Deno.test(`${how}, ${way} ends status --watch and gives the terminal back`, async () => {
      await using daemon = await new StandIn().open();
      await using terminal = new PseudoTerminal({ columns: 100, rows: 30 });
      const settings = await terminal.settings();
      const child = terminal.start([...await wordsOf(), ...daemon.watchWords]);
      await terminal.shows(top);
      if (way === "Ctrl-C") terminal.press("\x03");
      else child.kill(way);
      equal((await child.status).code, 0);
      await isGivenBack(terminal, settings);
    });
  }

  Deno.test(`${how}, status --watch tells that the daemon went away, and shows it when it is back`, async () => {
    await using daemon = await new StandIn().open();
    await using terminal = new PseudoTerminal({ columns: 120, rows: 30 });
    const settings = await terminal.settings();
    const child = terminal.start([...await wordsOf(), ...daemon.watchWords]);
    await terminal.shows(top);
    await daemon.close();
    await terminal.shows(
      /^Cannot reach the daemon [^]*asked again every second[^]*As it was .* ago:\n\nGroup tudou/,
    );
    await daemon.open();
    await terminal.shows(top);
    await daemon.close();
    await terminal.shows(/^Cannot reach the daemon /);
    terminal.press("q");
    equal((await child.status).code, 2);
    await isGivenBack(terminal, settings);
  });

  Deno.test(`${how}, Ctrl-Z gives the terminal to the shell, and fg takes it again`, async () => {
    await using daemon = await new StandIn().open();
    await using terminal = new PseudoTerminal({ columns: 100, rows: 30 });
    const shell = terminal.start(["sh", "-i"], { PS1: "$ ", ENV: "" });
    const line = [...await wordsOf(), ...daemon.watchWords].map((word) => `'${word}'`).join(" ");
    terminal.press(`${line}\n`);
    await terminal.shows(top);
    terminal.press("\x1a");
    await waitUntil(() => !terminal.image.isAlternate && terminal.image.isCursorShown, { what: "the shell" });
    terminal.press("echo it is $((6 * 7))\n");
    await terminal.shows(/it is 42/);
    terminal.press("fg\n");
    await terminal.shows(top);
    equal(terminal.image.isAlternate, true);
    terminal.press("q");
    await waitUntil(() => !terminal.image.isAlternate && terminal.image.isCursorShown, { what: "the shell" });
    terminal.press("exit\n");
    await shell.status;
  });

  Deno.test(`${how}, status --watch ends when its terminal is gone`, async () => {
    await using daemon = await new StandIn().open();
    const terminal = new PseudoTerminal({ columns: 100, rows: 30 });
    const child = terminal.start([...await wordsOf(), ...daemon.watchWords]);
    await terminal.shows(top);
    terminal.hangUp();
    await child.status;
  });

  Deno.test(`${how}, status --watch obeys NO_COLOR, and a dumb terminal is told that it cannot`, async () => {
    await using daemon = await new StandIn().open();
    await using terminal = new PseudoTerminal({ columns: 100, rows: 30 });
    const child = terminal.start([...await wordsOf(), ...daemon.watchWords], { NO_COLOR: "1" });
    await terminal.shows(top);
    terminal.press("q");
    equal((await child.status).code, 0);
    ok(!/\p{Cc}\[[0-9;]*m/u.test(terminal.written));
    const dumb = terminal.start([...await wordsOf(), ...daemon.watchWords], { TERM: "dumb" });
    equal((await dumb.status).code, 64);
    await terminal.shows(/Cannot watch: this terminal cannot move its cursor \(TERM=dumb\)/);
  });
}

Deno.test("an error that nobody caught ends the screen, gives the terminal back, and is told", async () => {
  const script = fileURLToPath(new URL("live_script.ts", import.meta.url));
  for (const way of ["thrown", "rejected", "render"]) {
    await using terminal = new PseudoTerminal({ columns: 100, rows: 30 });
    const settings = await terminal.settings();
    const child = terminal.start([Deno.execPath(), "run", "-A", "--no-check", "--quiet", script, way]);
    equal((await child.status).code, 70);
    await terminal.shows(new RegExp(`^it failed: ${way}`));
    deepEqual([terminal.image.isAlternate, terminal.image.isCursorShown], [false, true]);
    equal(await terminal.settings(), settings);
  }
});

Deno.test("status --watch without a terminal, or as JSON, is a usage error that says what to do", async () => {
  for (const args of [["--watch"], ["--watch", "--json"]]) {
    const { code, out, err } = await molehill("status", ...args, "--runtime-dir", "/nowhere");
    deepEqual([code, out], [64, ""]);
    match(
      err,
      /^molehill: Cannot watch: .* \(wanted a terminal\)\n\nIn a script: while sleep 1; do molehill status/,
    );
  }
});
