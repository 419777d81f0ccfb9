// What goes into the record that `molehill events` shows: every note that the log has too, but for those of how the
// hosts agreed. Some are the group's: they come with views, and so every member has them, in the same order. The rest
// is what this host alone knows of.

import type { Note } from "../core/events.ts";
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

/** The entries that the lines of one step make. */
export const entriesOf = (lines: readonly KindLine[]): readonly NewEntry[] =>
  lines.filter(({ level }) => level !== "debug").map(entryOf);

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
