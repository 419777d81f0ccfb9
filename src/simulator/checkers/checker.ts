// A checker watches the world and objects. It is told of every occurrence, right after it, and answers with what is
// wrong, or with null. It may remember what it saw.

import type { HostName } from "../../core/vocabulary.ts";
import type { Occurrence, World } from "../occurrence.ts";

export interface Checker {
  readonly name: string;
  /** What it is told of. */
  readonly watches: readonly Occurrence["kind"][];
  check(occurrence: Occurrence, world: World): Violation | null;
}

export interface Violation {
  /** For people. */
  readonly what: string;
  /** Whose trace explains it. */
  readonly hosts: readonly HostName[];
}
