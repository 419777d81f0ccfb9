// Sections that come out of a file only with a person's help, or that this version does not read yet. They are
// written as comments, to be taken in by hand, until the section is understood: then as they are.

/** A section with its lines, without the comment signs. */
export interface Suggestion {
  /** Its name, as "log". */
  readonly section: string;
  /** Of the section's header: "[log]" or "[[check]]". */
  readonly header: string;
  readonly why: string;
  readonly lines: readonly string[];
  /** True when it must be changed by a person before it works, whatever is understood. */
  readonly needsHand: boolean;
}

/** The sections that the loader understands. */
const understood: ReadonlySet<string> = new Set(["log", "check", "hooks"]);

/** Whether it can be written as it is. */
export const isLive = ({ section, needsHand }: Suggestion): boolean => !needsHand && understood.has(section);
