import { deepEqual } from "node:assert/strict";
import type { Note } from "../../src/core/events.ts";
import { type HostName, incarnation, viewNumber } from "../../src/core/vocabulary.ts";
import { notesText } from "../../src/daemon/notes_text.ts";
import { Chronicle } from "../../src/daemon/record.ts";
import { test00, test01, test02, webA } from "./values.ts";

const installed = (
  number: number,
  hosts: readonly HostName[],
  change: { readonly mature?: boolean; readonly life?: number } = {},
): Note => ({
  kind: "viewInstalled",
  view: { number: viewNumber(number), coordinator: test00, incarnation: incarnation(1) },
  members: hosts.map((host) => ({ host, incarnation: incarnation(change.life ?? 1) })),
  mature: change.mature ?? true,
});
const moved: Note = { kind: "vipMoved", vip: webA, from: test00, to: test01, reason: "operator" };
const all = [test00, test01, test02];

/** Which entries each step makes. */
function kindsOf(...steps: readonly (readonly Note[])[]): readonly string[] {
  const chronicle = new Chronicle();
  return steps.map((notes) => chronicle.entriesOf(notesText(notes)).map(({ kind }) => kind).join());
}

Deno.test("a view is in the record if its members, its coordinator or its maturity are others, or something moves", () => {
  deepEqual(
    kindsOf(
      [installed(1, all, { mature: false })],
      [installed(2, all)],
      [installed(3, all)],
      [moved, installed(4, all)],
      [installed(5, all.slice(1))],
      [installed(6, all.slice(1), { life: 2 })],
      [installed(7, all.slice(1), { life: 2 })],
    ),
    ["viewInstalled", "viewInstalled", "", "vipMoved,viewInstalled", "viewInstalled", "viewInstalled", ""],
  );
});

Deno.test("a view in which nothing changes leaves the record what is said with it", () => {
  const word = {
    by: { host: test01, incarnation: incarnation(1) },
    number: 1,
    view: { number: viewNumber(2), coordinator: test00, incarnation: incarnation(1) },
    matter: { kind: "message", text: "hello" },
  } as const;
  deepEqual(kindsOf([installed(1, all)], [installed(2, all), { kind: "said", word }]), [
    "viewInstalled",
    "said",
  ]);
});

Deno.test("the first view after a fence is in the record, also when its members are those of the last one", () => {
  deepEqual(kindsOf([installed(1, all)], [{ kind: "fenced", because: "paused" }], [installed(4, all)]), [
    "viewInstalled",
    "fenced",
    "viewInstalled",
  ]);
});
