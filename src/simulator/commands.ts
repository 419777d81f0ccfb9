// How the daemon changes addresses: commands that run one at a time, in order, each a process that takes its time.
// Somewhere in that time it acts on the kernel. It may fail, wholly or in part, or hang for a while. A command that
// runs already goes on when the daemon is stopped: it is a process of its own. When the daemon is killed it may just
// end, if it is quick; one that hangs is killed too, as the machine is told to. Those that wait do not start any more.

import type { NodeEvent, VipProblem } from "../core/events.ts";
import type { VipName } from "../core/vocabulary.ts";
import type { AddressBook, Task } from "./address_book.ts";
import type { Kernel } from "./kernel.ts";
import type { Random } from "./random.ts";
import type { Timeline } from "./timeline.ts";

export type Command =
  | { readonly kind: "add"; readonly tasks: readonly Task[]; readonly lease: number | null }
  | { readonly kind: "remove"; readonly tasks: readonly Task[] }
  | { readonly kind: "observe" };

/** What goes wrong with the commands of one host at present. */
export interface Troubles {
  /** Probabilities that one VIP of a command fails. */
  addFails: number;
  removeFails: number;
  /** Probability that a command takes about 100 ms. */
  slow: number;
  /** Probability that a command takes seconds. */
  hangs: number;
  /** VIPs that cannot be added here at all. */
  readonly broken: Set<VipName>;
}

/** How long a command takes when nothing is wrong, in ms. */
export const commandTime = { least: 1, most: 5 };
/** How long it may take after a command that hung until those that waited are done, in ms. */
const recovery = 500;

interface Running {
  readonly command: Command;
  /** Of the daemon that asked for it. */
  readonly book: AddressBook;
  hangs: boolean;
  killed: boolean;
}

export class CommandQueue {
  readonly #timeline: Timeline;
  readonly #random: Random;
  readonly #kernel: Kernel;
  readonly #answered: (answers: readonly NodeEvent[]) => void;
  readonly troubles: Troubles = { addFails: 0, removeFails: 0, slow: 0, hangs: 0, broken: new Set() };
  #waiting: { readonly command: Command; readonly book: AddressBook }[] = [];
  #running: Running | null = null;
  /** When the last command that hangs, or did, is over. */
  #hungUntil = -Infinity;
  /** Addresses whose last removal failed. */
  readonly #stuck = new Set<string>();

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

  enqueue(command: Command, book: AddressBook): void {
    this.#waiting.push({ command, book });
    this.proceed();
  }

  /** Starts the next command if none runs. */
  proceed(): void {
    if (this.#running !== null) return;
    const next = this.#waiting.shift();
    if (next === undefined) return;
    const running: Running = { ...next, hangs: false, killed: false };
    this.#running = running;
    this.#run(running);
  }

  /** The daemon is dead: what runs ends by itself, unless the power went, and nobody wants its answer. */
  abandon(how: { readonly power: boolean }): void {
    this.#waiting = [];
    if (this.#running !== null) this.#running.killed = how.power || this.#running.hangs;
    this.#running = null;
    this.#stuck.clear();
  }

  /** Whether a command hangs, or did until just now and others waited for it. */
  get isHanging(): boolean {
    return this.#timeline.now < this.#hungUntil + recovery;
  }

  isObserving(): boolean {
    return this.#waiting.some(({ command }) => command.kind === "observe");
  }

  /** Whether the daemon has done its part to get rid of the address: told the machine to remove it, and not to add it. */
  isReleasing(address: string): boolean {
    const commands = [...(this.#running === null ? [] : [this.#running]), ...this.#waiting];
    const last = commands.flatMap(({ command }) => command.kind === "observe" ? [] : command.tasks).findLast(
      (task) => task.adds.includes(address) || task.removes.includes(address),
    );
    return last === undefined ? this.#stuck.has(address) : !last.adds.includes(address);
  }

  #run(running: Running): void {
    running.hangs = this.#random.chance(this.troubles.hangs);
    const duration = this.#duration(running);
    let answers: readonly NodeEvent[] = [];
    this.#timeline.after(duration * this.#random.next(), () => {
      if (!running.killed) answers = this.#act(running);
    });
    this.#timeline.after(duration, () => {
      if (this.#running !== running) return;
      this.#running = null;
      this.#answered(answers);
    });
  }

  #duration({ hangs }: Running): number {
    if (hangs) {
      const lasts = this.#random.between(1_000, 3_000);
      this.#hungUntil = this.#timeline.now + lasts;
      return lasts;
    }
    return this.#random.chance(this.troubles.slow)
      ? this.#random.between(80, 120)
      : this.#random.between(commandTime.least, commandTime.most);
  }

  #act({ command, book }: Running): readonly NodeEvent[] {
    switch (command.kind) {
      case "add":
        return this.#add(command, book);
      case "remove":
        return this.#remove(command.tasks, book);
      case "observe":
        return [{ kind: "addressesObserved", observed: book.observed() }];
    }
  }

  #add({ tasks, lease }: Command & { kind: "add" }, book: AddressBook): readonly NodeEvent[] {
    const failed: VipName[] = [];
    for (const { vip, adds, removes } of tasks) {
      const fails = adds.length === 0 || this.troubles.broken.has(vip) ||
        this.#random.chance(this.troubles.addFails);
      if (fails) failed.push(vip);
      this.#take(book, vip, removes);
      for (const address of adds) {
        this.#stuck.delete(address);
        book.claim(vip, address);
      }
      const count = fails ? this.#random.whole(0, 1) : adds.length;
      this.#kernel.add(adds.slice(0, count), { by: "daemon", lease });
    }
    const done = tasks.map(({ vip }) => vip).filter((vip) => !failed.includes(vip));
    return [
      ...(done.length > 0 ? [{ kind: "addressesAdded", vips: done } as const] : []),
      ...(failed.length > 0 ? [{ kind: "addressesAddFailed", problems: failed.map(problem) } as const] : []),
    ];
  }

  #remove(tasks: readonly Task[], book: AddressBook): readonly NodeEvent[] {
    const failed: VipName[] = [];
    for (const { vip, removes } of tasks) {
      const own = book.own(vip, removes);
      const isHere = own.some((address) => this.#kernel.has(address));
      if (isHere && this.#random.chance(this.troubles.removeFails)) {
        failed.push(vip);
        for (const address of own) this.#stuck.add(address);
      } else {
        this.#take(book, vip, removes);
      }
    }
    const done = tasks.map(({ vip }) => vip).filter((vip) => !failed.includes(vip));
    return [
      ...(done.length > 0 ? [{ kind: "addressesRemoved", vips: done } as const] : []),
      ...(failed.length > 0
        ? [{ kind: "addressesRemoveFailed", problems: failed.map(problem) } as const]
        : []),
    ];
  }

  /** Takes off what is there under the VIP's name. */
  #take(book: AddressBook, vip: VipName, addresses: readonly string[]): void {
    const own = book.own(vip, addresses);
    this.#kernel.remove(own, "daemon");
    for (const address of own) {
      this.#stuck.delete(address);
      book.forget(address);
    }
  }
}

const problem = (vip: VipName): VipProblem => ({
  vip,
  problem: "RTNETLINK answers: Operation not permitted",
});
