// What the node wants done to the addresses of this host, and what comes of it as events. The port does one thing
// after the other, so nothing here has to wait for anything, but for hooks that stand before an acquisition:
//
//     add ──┬── acquired before: a renewal, or put back ──────────────────▶ port
//           ╰── new ──▶ gate ──┬── may be acquired ──▶ node, once more ──▶ port
//                              ╰── may not ──▶ addressesAddFailed
//
// Renewals never wait. Who removes a VIP that is at the gate withdraws it: after the removal nothing adds it, so that
// for the node it is as if the addition had been carried out before.

import type { NodeEvent, Observed, VipProblem } from "../core/events.ts";
import type { VipName } from "../core/vocabulary.ts";
import type { Acquisition, AcquisitionGate } from "./hook_work.ts";
import type { Addresses, AddressOutcome } from "./ports.ts";

/** Where the events go, and where an error goes that the port should not have let out. */
export interface AddressWorkParts {
  readonly addresses: Addresses;
  readonly gate: AcquisitionGate;
  readonly submit: (event: NodeEvent) => void;
  readonly fail: (error: unknown) => void;
}

/** What the gate says of several VIPs within so many milliseconds is told together. */
const gatherMs = 10;

export class AddressWork {
  readonly #parts: AddressWorkParts;
  #isLooking = false;
  #hasUnseenChange = false;
  /** What was asked for and not removed since, beyond the gate. */
  readonly #acquired = new Set<VipName>();
  readonly #atGate = new Map<VipName, Acquisition>();
  /** What the gate has said since the node was told last. */
  readonly #said = new Map<VipName, string | null>();
  #telling: ReturnType<typeof setTimeout> | null = null;
  #isOver = false;

  constructor(parts: AddressWorkParts) {
    this.#parts = parts;
    parts.addresses.onChange(() => this.#lookAfterChange());
  }

  add(vips: readonly VipName[]): void {
    const { gate } = this.#parts;
    const { held = [], others = [] } = Object.groupBy(
      vips,
      (vip) => !this.#acquired.has(vip) && gate.holdsUp(vip) ? "held" : "others",
    );
    if (others.length > 0) this.#add(others);
    const asked = held.filter((vip) => !this.#atGate.has(vip));
    if (asked.length === 0) return;
    const acquisition = gate.open(asked, (vip, problem) => this.#hear(vip, problem));
    for (const vip of asked) this.#atGate.set(vip, acquisition);
  }

  remove(vips: readonly VipName[]): void {
    for (const vip of vips) this.#withdraw(vip);
    this.#tell(this.#parts.addresses.remove(vips), {
      done: "addressesRemoved",
      failed: "addressesRemoveFailed",
    });
  }

  /** Nothing is added any more. */
  end(): void {
    this.#isOver = true;
    if (this.#telling !== null) clearTimeout(this.#telling);
    for (const vip of [...this.#atGate.keys()]) this.#withdraw(vip);
  }

  #add(vips: readonly VipName[]): void {
    for (const vip of vips) this.#acquired.add(vip);
    this.#tell(this.#parts.addresses.add(vips), { done: "addressesAdded", failed: "addressesAddFailed" });
  }

  #withdraw(vip: VipName): void {
    this.#acquired.delete(vip);
    this.#said.delete(vip);
    const acquisition = this.#atGate.get(vip);
    this.#atGate.delete(vip);
    acquisition?.withdraw(vip);
  }

  /** Many VIPs that come through the gate one by one are told of together: each telling costs the node a step. */
  #hear(vip: VipName, problem: string | null): void {
    this.#said.set(vip, problem);
    if (this.#said.size === this.#atGate.size) return this.#actOnWord();
    this.#telling ??= setTimeout(() => this.#actOnWord(), gatherMs);
  }

  #actOnWord(): void {
    if (this.#telling !== null) clearTimeout(this.#telling);
    this.#telling = null;
    // Time has passed: the node may have to give up what it is about to get, as after a pause of this process.
    this.#parts.submit({ kind: "clockTicked" });
    if (this.#isOver) return;
    const allowed: VipName[] = [];
    const problems: VipProblem[] = [];
    for (const [vip, problem] of this.#said) {
      this.#atGate.delete(vip);
      if (problem === null) allowed.push(vip);
      else problems.push({ vip, problem });
    }
    this.#said.clear();
    if (allowed.length > 0) this.#add(allowed);
    if (problems.length > 0) this.#parts.submit({ kind: "addressesAddFailed", problems });
  }

  /** What was found, after the node was told of it; null: the port has failed, and so has the daemon. */
  async observe(): Promise<Observed | null> {
    const { addresses, submit, fail } = this.#parts;
    try {
      const observed = await addresses.observe();
      submit({ kind: "addressesObserved", observed });
      return observed;
    } catch (error) {
      fail(error);
      return null;
    }
  }

  /** One event for what was done and one for what was not. */
  async #tell(
    work: Promise<AddressOutcome>,
    kinds: {
      readonly done: "addressesAdded" | "addressesRemoved";
      readonly failed: "addressesAddFailed" | "addressesRemoveFailed";
    },
  ): Promise<void> {
    const { submit, fail } = this.#parts;
    try {
      const { done, problems } = await work;
      if (done.length > 0) submit({ kind: kinds.done, vips: done });
      if (problems.length > 0) submit({ kind: kinds.failed, problems });
    } catch (error) {
      fail(error);
    }
  }

  /** A thousand addresses that change at once are looked at twice, not a thousand times. */
  async #lookAfterChange(): Promise<void> {
    this.#hasUnseenChange = true;
    if (this.#isLooking) return;
    this.#isLooking = true;
    while (this.#hasUnseenChange) {
      this.#hasUnseenChange = false;
      await this.observe();
    }
    this.#isLooking = false;
  }
}
