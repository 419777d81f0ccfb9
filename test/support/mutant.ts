// A deliberate fault in the program, which a test or a checker of the simulator must find. What nothing finds nobody
// would miss, or it is a hole in the tests.

export interface Mutant {
  /** What the program then does wrong; also its name. */
  readonly fault: string;
  /** From the top of the repository. */
  readonly file: string;
  /** Stands exactly once in the file. */
  readonly find: string;
  /** Stands there instead. */
  readonly replace: string;
  readonly caughtBy: Catcher;
}

/** Who must object. */
export type Catcher =
  /** A test, by its file and its whole name. */
  | { readonly test: string; readonly name: string }
  /** A checker of the simulator. `seed`: the first in which it objected, to be tried before all others. */
  | { readonly checker: string; readonly seed: number };

/** The file's text with the fault in it. Throws when it is not clear where to put it. */
export function withFault({ fault, file, find, replace }: Mutant, text: string): string {
  const found = text.split(find).length - 1;
  if (found !== 1) {
    throw new Error(`Cannot put "${fault}" into ${file}: found ${found} times, wanted 1:\n${find}`);
  }
  return text.replace(find, () => replace);
}
