// How the daemon changes addresses: commands that run one at a time, in order, each a process that takes its time.
// Somewhere in that time it acts on the kernel. It may fail, wholly or in part. A command that runs already goes on
// when the daemon is killed or stopped: it is a process of its own. Those that wait do not start any more.

import type { NodeEvent, VipProblem } from "../core/events.ts";
import type { VipName } from "../core/vocabulary.ts";
import type { Kernel } from "./kernel.ts";
import type { Random } from "./random.ts";
import type { Timeline } from "./timeline.ts";

export interface Command {
  readonly kind: "add" | "remove" | "observe";
  readonly vips: readonly VipName[];
}

/** What goes wrong with the commands of one host at present. */
export interface Troubles {
  /** Probabilities that one VIP of a command fails. */
  addFails: number;
  removeFails: number;
  /** Probability that a command takes about 100 ms. */
  slow: number;
  /** VIPs that cannot be added here at all. */
  readonly broken: Set<VipName>;
}

interface Running {
  readonly command: Command;
  killed: boolean;
}

export class CommandQueue {
  readonly #timeline: Timeline;
  readonly #random: Random;
  readonly #kernel: Kernel;
  readonly #answered: (answers: readonly NodeEvent[]) => void;
  readonly troubles: Troubles = { addFails: 0, removeFails: 0, slow: 0, broken: new Set() };
  #waiting: Command[] = [];
  #running: Running | null = null;
  /** VIPs whose last removal failed. */
  readonly #stuck = new Set<VipName>();

  constructor(
    of: {
      readonly timeline: Timeline;
      readonly random: Random;
      readonly kernel: Kernel;
      /** The running command is over; the next one starts at `proceed`. */
      readonly answered: (answers: readonly NodeEvent[]) => void;
    },
  ) {
    this.#timeline = of.timeline;
    this.#random = of.random;
    this.#kernel = of.kernel;
    this.#answered = of.answered;
  }

  enqueue(command: Command): void {
    this.#waiting.push(command);
    this.proceed();
  }

  /** Starts the next command if none runs. */
  proceed(): void {
    if (this.#running !== null) return;
    const command = this.#waiting.shift();
    if (command === undefined) return;
    const running: Running = { command, killed: false };
    this.#running = running;
    this.#run(running);
  }

  /** The daemon is dead: what runs ends by itself, unless the power went, and nobody wants its answer. */
  abandon(how: { readonly power: boolean }): void {
    this.#waiting = [];
    if (this.#running !== null) this.#running.killed = how.power;
    this.#running = null;
    this.#stuck.clear();
  }

  isObserving(): boolean {
    return this.#waiting.some((command) => command.kind === "observe");
  }

  /** Whether the daemon has done its part to get rid of the VIP: told the machine to remove it, and not to add it. */
  isReleasing(vip: VipName): boolean {
    const commands = [...(this.#running === null ? [] : [this.#running.command]), ...this.#waiting];
    const last = commands.findLast((command) => command.kind !== "observe" && command.vips.includes(vip));
    return last === undefined ? this.#stuck.has(vip) : last.kind === "remove";
  }

  #run(running: Running): void {
    const duration = this.#random.chance(this.troubles.slow)
      ? this.#random.between(80, 120)
      : this.#random.between(1, 5);
    let answers: readonly NodeEvent[] = [];
    this.#timeline.after(duration * this.#random.next(), () => {
      if (!running.killed) answers = this.#act(running.command);
    });
    this.#timeline.after(duration, () => {
      if (this.#running !== running) return;
      this.#running = null;
      this.#answered(answers);
    });
  }

  #act(command: Command): readonly NodeEvent[] {
    switch (command.kind) {
      case "add":
        return this.#add(command.vips);
      case "remove":
        return this.#remove(command.vips);
      case "observe":
        return [{ kind: "addressesObserved", observed: this.#kernel.observed() }];
    }
  }

  #add(vips: readonly VipName[]): readonly NodeEvent[] {
    const failed = vips.filter((vip) =>
      this.troubles.broken.has(vip) || this.#random.chance(this.troubles.addFails)
    );
    for (const vip of vips) {
      this.#stuck.delete(vip);
      this.#kernel.add(
        vip,
        failed.includes(vip) ? { by: "daemon", count: this.#random.whole(0, 1) } : { by: "daemon" },
      );
    }
    const done = vips.filter((vip) => !failed.includes(vip));
    const problems = failed.map(problem);
    return [
      ...(done.length > 0 ? [{ kind: "addressesAdded", vips: done } as const] : []),
      ...(problems.length > 0 ? [{ kind: "addressesAddFailed", problems } as const] : []),
    ];
  }

  #remove(vips: readonly VipName[]): readonly NodeEvent[] {
    const failed = vips.filter((vip) =>
      this.#kernel.has(vip) && this.#random.chance(this.troubles.removeFails)
    );
    const done = vips.filter((vip) => !failed.includes(vip));
    for (const vip of failed) this.#stuck.add(vip);
    for (const vip of done) {
      this.#stuck.delete(vip);
      this.#kernel.remove(vip, { by: "daemon" });
    }
    const problems = failed.map(problem);
    return [
      ...(done.length > 0 ? [{ kind: "addressesRemoved", vips: done } as const] : []),
      ...(problems.length > 0 ? [{ kind: "addressesRemoveFailed", problems } as const] : []),
    ];
  }
}

const problem = (vip: VipName): VipProblem => ({
  vip,
  problem: "RTNETLINK answers: Operation not permitted",
});
