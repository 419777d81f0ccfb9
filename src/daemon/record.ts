// What goes into the record that `molehill events` shows: every note that the log has too, but for those of how the
// hosts agreed, and for views in which nothing changed: they are there only to carry words, and a hundred words would
// fill the record with them. Some notes are the group's: they come with views, and so every member has them, in the same
// order. The rest is what this host alone knows of.

import type { Note } from "../core/events.ts";
import { isSameMember } from "../core/vocabulary.ts";
import type { KindLine } from "./notes_text.ts";
import type { Log, NewEntry, Ports } from "./ports.ts";

const ofGroup: ReadonlySet<Note["kind"]> = new Set<Note["kind"]>([
  "viewInstalled",
  "vipMoved",
  "said",
  "configurationDiffers",
  "configurationsAgree",
  "hostFails",
  "hostPasses",
  "failedOpen",
  "healthCounts",
]);

type Installed = Extract<Note, { readonly kind: "viewInstalled" }>;

export class Chronicle {
  /** Null: this host has not had one since it started, or gave its VIPs up. */
  #view: Installed | null = null;

  /** The entries that the lines of one step make. */
  entriesOf(lines: readonly KindLine[]): readonly NewEntry[] {
    const hasMoves = lines.some(({ kind }) => kind === "vipMoved");
    return lines.filter(({ level, note }) => {
      if (note.kind === "fenced") this.#view = null;
      if (note.kind !== "viewInstalled") return level !== "debug";
      const before = this.#view;
      this.#view = note;
      return hasMoves || before === null || !isSameGroup(before, note);
    }).map(entryOf);
  }
}

const isSameGroup = (a: Installed, b: Installed): boolean =>
  a.mature === b.mature && a.view.coordinator === b.view.coordinator &&
  a.members.length === b.members.length &&
  a.members.every((member, at) => {
    const other = b.members[at];
    return other !== undefined && isSameMember(member, other);
  });

function entryOf({ level, text, kind, note, vips }: KindLine): NewEntry {
  const { kind: _, ...details } = note;
  return {
    scope: ofGroup.has(kind) ? "group" : "host",
    level,
    kind,
    text,
    details: vips === null ? details : { ...details, vips },
  };
}

/** A log whose warnings and errors go into the record too: for what happens besides the node. */
export const recordingLog = ({ log, record }: Pick<Ports, "log" | "record">): Pick<Log, "write"> => ({
  write(level, text, fields = {}) {
    log.write(level, text, fields);
    if (level !== "warning" && level !== "error") return;
    const { kind = "trouble", ...details } = fields;
    record.append([{ scope: "host", level, kind: String(kind), text, details }]);
  },
});
