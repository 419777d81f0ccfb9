// What the node wants done to the addresses of this host, and what comes of it as events. The port does one thing
// after the other, so nothing here has to wait for anything.

import type { NodeEvent, Observed } from "../core/events.ts";
import type { VipName } from "../core/vocabulary.ts";
import type { Addresses, AddressOutcome } from "./ports.ts";

/** Where the events go, and where an error goes that the port should not have let out. */
export interface AddressWorkParts {
  readonly addresses: Addresses;
  readonly submit: (event: NodeEvent) => void;
  readonly fail: (error: unknown) => void;
}

export class AddressWork {
  readonly #parts: AddressWorkParts;
  #isLooking = false;
  #hasUnseenChange = false;

  constructor(parts: AddressWorkParts) {
    this.#parts = parts;
    parts.addresses.onChange(() => this.#lookAfterChange());
  }

  add(vips: readonly VipName[]): void {
    this.#tell(this.#parts.addresses.add(vips), { done: "addressesAdded", failed: "addressesAddFailed" });
  }

  remove(vips: readonly VipName[]): void {
    this.#tell(this.#parts.addresses.remove(vips), {
      done: "addressesRemoved",
      failed: "addressesRemoveFailed",
    });
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
