import { deepEqual, equal } from "node:assert/strict";
import type { Note } from "../../src/core/events.ts";
import { type HostName, vipName } from "../../src/core/vocabulary.ts";
import { noteText } from "../../src/daemon/note_text.ts";
import { notesText, singlesMax } from "../../src/daemon/notes_text.ts";
import { test00, test01, test02 } from "./values.ts";

const vips = (count: number) => Array.from({ length: count }, (_, place) => vipName(`v${place}`));

const moved = (count: number, from: HostName | null): readonly Note[] =>
  vips(count).map((vip) => ({ kind: "vipMoved", vip, from, to: test00, reason: "holderGone" }));

/** The lines without the notes that they tell. */
const told = (notes: readonly Note[]) =>
  notesText(notes).map(({ kind, level, text }) => ({ kind, level, text }));

const texts = (notes: readonly Note[]) => notesText(notes).map(({ text }) => text);

Deno.test("notesText() tells a few VIPs one by one, and other notes always", () => {
  const notes: readonly Note[] = [{ kind: "matured" }, ...moved(singlesMax, test01), { kind: "left" }];
  deepEqual(texts(notes), notes.map((note) => noteText(note).text));
});

Deno.test("notesText() tells many VIPs to which the same happens in one line, in the place of the first", () => {
  const notes: readonly Note[] = [{ kind: "matured" }, ...moved(12, test01), ...moved(2, test02), {
    kind: "left",
  }];
  deepEqual(texts(notes), [
    "The group is mature: VIPs may be held",
    '12 VIPs (v0, v1, v2, v3, v4, v5 and 6 more) move from host "test01" to "test00": their last holder was gone ' +
    "or could not hold them",
    'VIP "v0" moves from host "test02" to "test00": its last holder was gone or could not hold it',
    'VIP "v1" moves from host "test02" to "test00": its last holder was gone or could not hold it',
    "Left the group: this host holds nothing, and the others know",
  ]);
});

Deno.test("notesText() tells together what came to this host, what went, and what nobody holds", () => {
  const nine = vips(9);
  const names = "(v0, v1, v2, v3, v4, v5 and 3 more)";
  const lines = told([
    ...nine.map((vip): Note => ({ kind: "vipAcquired", vip })),
    ...nine.map((vip): Note => ({ kind: "vipReleased", vip })),
    ...nine.map((vip): Note => ({ kind: "vipMoved", vip, from: null, to: null, reason: "unheld" })),
    ...moved(9, null),
    ...nine.map((vip): Note => ({ kind: "vipVanished", vip })),
    ...nine.map((vip): Note => ({ kind: "vipIntruded", vip })),
  ]);
  deepEqual(lines, [
    { kind: "vipAcquired", level: "info", text: `9 VIPs are on this host now and announced ${names}` },
    { kind: "vipReleased", level: "info", text: `9 VIPs are gone from this host ${names}` },
    { kind: "vipMoved", level: "info", text: `9 VIPs ${names} have no holder now: nobody held them` },
    {
      kind: "vipMoved",
      level: "info",
      text: `9 VIPs ${names} go to host "test00": their last holder was gone or could not hold them`,
    },
    {
      kind: "vipVanished",
      level: "warning",
      text:
        `9 VIPs vanished: somebody removed them from this host, which holds them; they are put back ${names}`,
    },
    {
      kind: "vipIntruded",
      level: "warning",
      text:
        `9 VIPs intruded: somebody put them on this host, which does not hold them; they are removed ${names}`,
    },
  ]);
});

Deno.test("notesText() keeps failures apart, each of which has a text of its own", () => {
  const failures = vips(9).map((vip): Note => ({ kind: "vipAddFailed", vip, problem: `no room for ${vip}` }));
  equal(texts(failures).length, 9);
});
