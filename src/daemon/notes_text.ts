// The log of one step. What happens to many VIPs at once, as when a host fails that held a thousand, is one line with
// their number and the first names; what happens to a few is told VIP by VIP.

import type { Note } from "../core/events.ts";
import type { VipName } from "../core/vocabulary.ts";
import { type LogLine, movedText, noteText } from "./note_text.ts";
import { counted, listed } from "./words.ts";

/** Up to so many VIPs to which the same happens have a line each. */
export const singlesMax = 8;

/** The lines that tell the notes of one step; what is told together stands where its first note was. */
export function notesText(notes: readonly Note[]): readonly (LogLine & { readonly kind: Note["kind"] })[] {
  const groups = Map.groupBy(notes, sameness);
  return notes.flatMap((note) => {
    const group = groups.get(sameness(note)) ?? [];
    if (!isOfMany(note) || group.length <= singlesMax) return [{ kind: note.kind, ...noteText(note) }];
    const vips = group.filter(isOfMany).map(({ vip }) => vip);
    return note === group[0] ? [{ kind: note.kind, level: "info", text: togetherText(note, vips) }] : [];
  });
}

type NoteOfMany = Extract<Note, { kind: "vipMoved" | "vipAcquired" | "vipReleased" }>;

const isOfMany = (note: Note): note is NoteOfMany =>
  note.kind === "vipMoved" || note.kind === "vipAcquired" || note.kind === "vipReleased";

/** Equal for notes that differ in nothing but their VIP. */
function sameness(note: Note): string {
  return JSON.stringify(
    note.kind === "vipMoved" ? [note.kind, note.from, note.to, note.reason] : [note.kind],
  );
}

function togetherText(note: NoteOfMany, vips: readonly VipName[]): string {
  const names = `(${listed(vips)})`;
  const many = counted(vips.length, "VIP");
  switch (note.kind) {
    case "vipMoved":
      return movedText(`${many} ${names}`, { ...note, isOne: false });
    case "vipAcquired":
      return `${many} are on this host now and announced ${names}`;
    case "vipReleased":
      return `${many} are gone from this host ${names}`;
  }
}
