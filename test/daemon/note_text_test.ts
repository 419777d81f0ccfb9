import { equal, match } from "node:assert/strict";
import type { Note } from "../../src/core/events.ts";
import { duration, incarnation, viewNumber } from "../../src/core/vocabulary.ts";
import { noteText } from "../../src/daemon/note_text.ts";
import type { LogLevel } from "../../src/daemon/ports.ts";
import { golden } from "../support/golden.ts";
import { test00, test01, webA, webB } from "./values.ts";

const view = { number: viewNumber(7), coordinator: test00, incarnation: incarnation(1) };
const members = [{ host: test00, incarnation: incarnation(1) }, {
  host: test01,
  incarnation: incarnation(2),
}];

const differences = [
  { name: "timing.timeout", here: "1s", elsewhere: "500ms" },
  { name: "vip web-c", here: null, elsewhere: "192.0.2.3/32 on eth0" },
  { name: "vip web-d", here: "192.0.2.4/32 on eth0", elsewhere: null },
];

/** One note of each kind: a new kind does not compile until it stands here. */
const notes: { readonly [Kind in Note["kind"]]: Extract<Note, { kind: Kind }> } = {
  started: { kind: "started", host: test00, incarnation: incarnation(0x1a2b3c) },
  leftoversFound: { kind: "leftoversFound", vips: [webA, webB] },
  hostHeard: { kind: "hostHeard", host: test01 },
  hostRestarted: { kind: "hostRestarted", host: test01 },
  hostDisputed: { kind: "hostDisputed", host: test01 },
  hostSilent: { kind: "hostSilent", host: test01, silentFor: duration(512) },
  hostEnded: { kind: "hostEnded", host: test01, silentFor: duration(12) },
  hostLeft: { kind: "hostLeft", host: test01 },
  configurationChanged: { kind: "configurationChanged", changes: differences, more: 0 },
  configurationDiffers: {
    kind: "configurationDiffers",
    differing: { host: test01, differences, more: 2 },
  },
  configurationsAgree: { kind: "configurationsAgree" },
  hostDamped: { kind: "hostDamped", host: test01 },
  hostCalm: { kind: "hostCalm", host: test01 },
  checkFails: { kind: "checkFails", check: "web", vips: null, problem: "exit code 1: no answer" },
  checkPasses: { kind: "checkPasses", check: "web" },
  hostFails: {
    kind: "hostFails",
    host: test01,
    check: "web",
    vips: [webA, webB],
    more: 3,
    problem: "exit code 1: no answer",
  },
  hostPasses: { kind: "hostPasses", host: test01, check: "web" },
  failedOpen: { kind: "failedOpen", vips: [webA, webB] },
  healthCounts: { kind: "healthCounts", vips: [webA] },
  memberUnanswering: { kind: "memberUnanswering", host: test01, view: viewNumber(7) },
  coordinatorUnhelpful: { kind: "coordinatorUnhelpful", host: test00 },
  viewProposed: { kind: "viewProposed", view, members },
  viewInstalled: { kind: "viewInstalled", view, members, mature: false },
  vipMoved: { kind: "vipMoved", vip: webA, from: test01, to: test00, reason: "holderGone" },
  vipAcquired: { kind: "vipAcquired", vip: webA },
  vipReleased: { kind: "vipReleased", vip: webA },
  vipAddFailed: { kind: "vipAddFailed", vip: webA, problem: "Cannot find device" },
  vipRemoveFailed: { kind: "vipRemoveFailed", vip: webA, problem: "Operation not permitted" },
  vipVanished: { kind: "vipVanished", vip: webA },
  vipIntruded: { kind: "vipIntruded", vip: webA },
  linkLost: { kind: "linkLost", vips: [webA] },
  linkBack: { kind: "linkBack", vips: [webA, webB] },
  macChanged: { kind: "macChanged", vips: [webA] },
  foreignHolder: {
    kind: "foreignHolder",
    isMember: false,
    vip: webA,
    by: { mac: "02:00:5e:10:00:01", host: null },
    yields: false,
  },
  foreignHolderGone: { kind: "foreignHolderGone", vip: webA, by: { mac: "02:00:5e:10:00:01", host: null } },
  matured: { kind: "matured" },
  fenced: { kind: "fenced", because: "paused" },
  unfenced: { kind: "unfenced" },
  said: {
    kind: "said",
    word: {
      number: 1,
      matter: { kind: "message", text: "reboot at noon" },
      by: { host: test01, incarnation: incarnation(1) },
      view: { number: viewNumber(7), coordinator: test00, incarnation: incarnation(1) },
    },
  },
  unsaid: { kind: "unsaid", matter: { kind: "message", text: "reboot at noon" }, why: "tooMuch" },
  draining: { kind: "draining", reason: "new kernel" },
  resumed: { kind: "resumed", reason: "" },
  leaving: { kind: "leaving" },
  left: { kind: "left" },
};

Deno.test("noteText() tells every kind of note in the words of the golden file", async () => {
  const lines = Object.values<Note>(notes).map(noteText);
  await golden("daemon/notes.txt", lines.map(({ level, text }) => `${level.padEnd(7)}  ${text}\n`).join(""));
});

Deno.test("noteText() names the subject of the note in its sentence", () => {
  for (const note of Object.values<Note>(notes)) {
    if ("vip" in note) match(noteText(note).text, /"web-a"/);
    if ("host" in note) match(noteText(note).text, new RegExp(`"${note.host}"`));
    if ("problem" in note) match(noteText(note).text, new RegExp(note.problem));
  }
});

Deno.test("noteText() names the first of many differences, and how many more there are", () => {
  const many = Array.from(
    { length: 8 },
    (_, place) => ({ name: `vip v${place}`, here: null, elsewhere: "there" }),
  );
  const text = (more: number) => noteText({ kind: "configurationChanged", changes: many, more }).text;
  match(text(0), /: vip v0 is gone; .*vip v5 is gone; and 2 more$/);
  match(text(30), /; and 32 more$/);
});

Deno.test("noteText() says where a VIP came from and where it goes, as far as there is a where", () => {
  const moved = (from: typeof test00 | null, to: typeof test00 | null) =>
    noteText({ kind: "vipMoved", vip: webA, from, to, reason: "unheld" }).text;
  equal(moved(null, test00), 'VIP "web-a" goes to host "test00": nobody held it');
  equal(moved(test01, null), 'VIP "web-a" has no holder now (it was "test01"): nobody held it');
  equal(moved(null, null), 'VIP "web-a" has no holder now: nobody held it');
});

Deno.test("noteText() raises to an error only what may leave an address missing or doubled", () => {
  const errors = Object.values<Note>(notes).filter((note) =>
    noteText(note).level === ("error" satisfies LogLevel)
  );
  equal(
    errors.map((note) => note.kind).join(" "),
    "vipAddFailed vipRemoveFailed linkLost foreignHolder fenced",
  );
});
