// The log of one step. What happens to many VIPs at once, as when a host fails that held a thousand, is one line with
// their number and the first names; what happens to a few is told VIP by VIP.

import type { Note } from "../core/events.ts";
import type { VipName } from "../core/vocabulary.ts";
import { foreignHolderText, type LogLine, movedText, noteText } from "./note_text.ts";
import { counted, listed } from "./words.ts";

/** Up to so many VIPs to which the same happens have a line each. */
export const singlesMax = 8;

/** The lines that tell the notes of one step; what is told together stands where its first note was. */
export function notesText(notes: readonly Note[]): readonly KindLine[] {
  const together = [...Map.groupBy(notes.filter(isOfMany), sameness).values()]
    .filter((group) => group.length > singlesMax);
  const firsts = new Map(together.map((group) => [group[0], group.map(({ vip }) => vip)]));
  const others = new Set(together.flatMap((group) => group.slice(1)));
  return notes.flatMap((note): readonly KindLine[] => {
    const alone = { kind: note.kind, note, vips: null };
    if (!isOfMany(note)) return [{ ...alone, ...noteText(note) }];
    const vips = firsts.get(note);
    if (vips !== undefined) return [{ ...alone, vips, ...togetherText(note, vips) }];
    return others.has(note) ? [] : [{ ...alone, ...noteText(note) }];
  });
}

/** A line with what it tells. */
export interface KindLine extends LogLine {
  readonly kind: Note["kind"];
  /** The note, or the first of those that are told together. */
  readonly note: Note;
  /** Those of all of them; null: there is one note. */
  readonly vips: readonly VipName[] | null;
}

type NoteOfMany = Extract<
  Note,
  { kind: "vipMoved" | "vipAcquired" | "vipReleased" | "vipVanished" | "vipIntruded" | "foreignHolder" }
>;

const kindsOfMany: ReadonlySet<Note["kind"]> = new Set<NoteOfMany["kind"]>([
  "vipMoved",
  "vipAcquired",
  "vipReleased",
  "vipVanished",
  "vipIntruded",
  "foreignHolder",
]);

const isOfMany = (note: Note): note is NoteOfMany => kindsOfMany.has(note.kind);

/** Equal for notes that differ in nothing but their VIP. */
function sameness(note: NoteOfMany): string {
  switch (note.kind) {
    case "vipMoved":
      return `${note.kind} ${note.from} ${note.to} ${note.reason}`;
    case "foreignHolder":
      return `${note.kind} ${note.by.mac} ${note.by.host} ${note.isMember} ${note.yields}`;
    case "vipAcquired":
    case "vipReleased":
    case "vipVanished":
    case "vipIntruded":
      return note.kind;
  }
}

function togetherText(note: NoteOfMany, vips: readonly VipName[]): LogLine {
  const names = `(${listed(vips)})`;
  const many = counted(vips.length, "VIP");
  switch (note.kind) {
    case "vipMoved":
      return { level: "info", text: movedText(`${many} ${names}`, { ...note, isOne: false }) };
    case "vipAcquired":
      return { level: "info", text: `${many} are on this host now and announced ${names}` };
    case "vipReleased":
      return { level: "info", text: `${many} are gone from this host ${names}` };
    case "vipVanished":
      return {
        level: "warning",
        text:
          `${many} vanished: somebody removed them from this host, which holds them; they are put back ${names}`,
      };
    case "foreignHolder":
      return { level: "error", text: foreignHolderText(`${many} ${names} are`, { ...note, isOne: false }) };
    case "vipIntruded":
      return {
        level: "warning",
        text:
          `${many} intruded: somebody put them on this host, which does not hold them; they are removed ${names}`,
      };
  }
}
