// A copy of the sources in a temporary directory, in which faults are put, one at a time, and tests and simulations
// are run.

import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type Mutant, withFault } from "../test/support/mutant.ts";
import type { Search } from "./mutant_seeds.ts";

const root = fileURLToPath(new URL("..", import.meta.url));
const copied = ["src", "test", "scripts", "deno.json", "deno.lock"];
/** How long a test or a search may run, in ms: a fault may make it run without end. */
const patience = 180_000;

export interface TestsRun {
  readonly passed: ReadonlySet<string>;
  readonly failed: ReadonlySet<string>;
  /** What was said on standard error, and by a process that was killed. */
  readonly said: string;
}

export class Copy {
  readonly #directory = mkdtempSync(join(tmpdir(), "molehill-mutants-"));
  #running: Deno.ChildProcess | null = null;

  constructor() {
    for (const name of copied) cpSync(join(root, name), join(this.#directory, name), { recursive: true });
    symlinkSync(join(root, "node_modules"), join(this.#directory, "node_modules"));
  }

  /** Throws when it is not clear where to put the fault. */
  expectPlaceFor(mutant: Mutant): void {
    withFault(mutant, readFileSync(join(this.#directory, mutant.file), "utf8"));
  }

  /** Runs the work while the fault is there. */
  async during<Result>(mutant: Mutant, work: () => Promise<Result>): Promise<Result> {
    const path = join(this.#directory, mutant.file);
    const text = readFileSync(path, "utf8");
    writeFileSync(path, withFault(mutant, text));
    try {
      return await work();
    } finally {
      writeFileSync(path, text);
    }
  }

  /** Runs the tests of files, all of them or those whose names have these words. */
  async test(files: readonly string[], words?: string): Promise<TestsRun> {
    const filter = words === undefined ? [] : ["--filter", words];
    const args = ["test", "-A", "--no-check", "--reporter=tap", ...filter, ...files];
    const { stdout, stderr } = await this.#deno(args);
    const named = (verdict: string) =>
      new Set(
        [...stdout.matchAll(new RegExp(`^${verdict} \\d+ - (.*)$`, "gm"))].map(([, name]) => name ?? ""),
      );
    return { passed: named("ok"), failed: named("not ok"), said: stderr };
  }

  /** Simulates seeds, and then all from 1 to the bound, until the checker objects. */
  async simulate(
    checker: string,
    of: { readonly seeds: readonly number[]; readonly bound: number },
  ): Promise<Search> {
    const wanted = [checker, of.seeds.join(","), String(of.bound)];
    const { stdout, stderr } = await this.#deno([
      "run",
      "-A",
      "--no-check",
      "scripts/mutant_seeds.ts",
      ...wanted,
    ]);
    return stdout === "" ? { caughtIn: null, others: { [stderr.trim()]: 0 } } : JSON.parse(stdout) as Search;
  }

  /** Ends what is under way and removes everything. */
  remove(): void {
    this.#running?.kill("SIGKILL");
    rmSync(this.#directory, { recursive: true, force: true });
  }

  async #deno(args: readonly string[]): Promise<{ readonly stdout: string; readonly stderr: string }> {
    const child = new Deno.Command(Deno.execPath(), {
      args: [...args],
      cwd: this.#directory,
      stdin: "null",
      stdout: "piped",
      stderr: "piped",
    }).spawn();
    this.#running = child;
    const alarm = setTimeout(() => child.kill("SIGKILL"), patience);
    const { stdout, stderr, signal } = await child.output();
    clearTimeout(alarm);
    this.#running = null;
    const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
    const ended = signal === null ? "" : `it ran for longer than ${patience / 1_000} s`;
    return { stdout: text(stdout), stderr: text(stderr) + ended };
  }
}
