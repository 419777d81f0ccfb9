// What hosts tell the group, and in which order it is heard.

import assert from "node:assert/strict";
import type { Note } from "../../src/core/events.ts";
import type { Report, SaidWord } from "../../src/core/message.ts";
import { hostName, incarnation, viewNumber } from "../../src/core/vocabulary.ts";
import { wordsOf } from "../../src/core/words.ts";
import { examples } from "../codec/example_messages.ts";
import { type SmallGroup, startedGroup } from "./small_group.ts";

const send = (group: SmallGroup, host: string, text: string) =>
  group.tell(host, {
    kind: "operatorRequested",
    request: { kind: "say", matter: { kind: "message", text } },
  });

const isSaid = (note: Note): note is Note & { kind: "said" } => note.kind === "said";

const notesOf = (group: SmallGroup, name: string): readonly Note[] =>
  group.notes.filter(({ host }) => host === name).map(({ note }) => note);

/** The messages that the host has heard, in order. */
const heardBy = (group: SmallGroup, host: string): string =>
  notesOf(group, host).filter(isSaid)
    .flatMap(({ word: { matter } }) => matter.kind === "message" ? [matter.text] : []).join(" ");

Deno.test("what two hosts say at one moment is heard by all in one order", () => {
  const group = startedGroup();
  send(group, "c", "one");
  send(group, "b", "two");
  send(group, "c", "three");
  group.run(100);
  const order = heardBy(group, "a");
  assert.deepEqual(order.split(" ").sort(), ["one", "three", "two"]);
  assert(order.indexOf("one") < order.indexOf("three"), order);
  for (const host of ["b", "c"]) assert.equal(heardBy(group, host), order);
  assert.deepEqual(group.status("c").words, { asked: 2, said: 2 });
});

Deno.test("to say something moves nothing", () => {
  const group = startedGroup();
  group.forget();
  send(group, "b", "hello");
  group.run(5_000);
  assert.deepEqual(group.kernelLog, []);
});

Deno.test("who misses an install hears its words with the next view, in the order of the others", () => {
  const group = startedGroup();
  const promisedBy = (host: string) => Number(group.nodeOf(host).promised?.view.number ?? 0);
  group.lost.add("a install");
  send(group, "b", "one");
  group.run(20);
  assert.deepEqual(["a", "b", "c"].map((host) => heardBy(group, host)), ["one", "", ""]);
  const missed = promisedBy("b");
  send(group, "c", "two");
  while (promisedBy("b") <= missed || promisedBy("c") <= missed) group.run(0.5);
  group.lost.delete("a install");
  group.run(1_000);
  for (const host of ["a", "b", "c"]) assert.equal(heardBy(group, host), "one two", host);
});

Deno.test("a host that promises views and never gets one remembers the last of them alone", () => {
  const group = startedGroup();
  group.lost.add("a install");
  let views = 0;
  for (; views < 400; views += 1) {
    send(group, "a", "again");
    group.run(50);
  }
  const { promised } = group.nodeOf("b").words;
  assert.equal(promised.length, 256);
});

Deno.test("what was said in a view that its own host missed is not said again", () => {
  const group = startedGroup({ hosts: ["a", "b", "c", "d"] }, "a", "b", "c");
  send(group, "c", "one");
  while (group.nodeOf("c").promised === null) group.run(0.5);
  group.cut.add("a>c");
  while (heardBy(group, "b") === "") group.run(0.5);
  group.crash("a");
  group.start("d");
  send(group, "b", "two");
  group.run(3_000);
  for (const host of ["b", "c"]) assert.equal(heardBy(group, host), "one two", host);
  // It joined with the view after that; to hear the first word then would be to hear it after the second.
  assert.equal(heardBy(group, "d"), "two");
});

Deno.test("wordsOf() puts what was said in the order of the views, whatever order reports come in", () => {
  const member = (host: string) => ({ host: hostName(host), incarnation: incarnation(1) });
  const view = (number: number) => ({
    number: viewNumber(number),
    coordinator: hostName("a"),
    incarnation: incarnation(1),
  });
  const word = (number: number, text: string, viewed: number): SaidWord => ({
    number,
    matter: { kind: "message", text },
    by: member("b"),
    view: view(viewed),
  });
  const [early, late] = [word(1, "early", 5), word(2, "late", 6)];
  const reporting = (said: readonly SaidWord[]): Report => ({ ...examples.report, words: [], said });
  const reports = new Map([
    [hostName("a"), reporting([late])],
    [hostName("b"), reporting([early, late])],
  ]);
  assert.deepEqual(wordsOf(view(7), [member("a"), member("b")], reports), [early, late]);
});

Deno.test("who joins hears nothing of what was said before", () => {
  const group = startedGroup({}, "a", "b");
  send(group, "a", "early");
  group.run(100);
  group.start("c");
  group.run(6_000);
  send(group, "b", "late");
  group.run(100);
  assert.equal(heardBy(group, "a"), "early late");
  assert.equal(heardBy(group, "c"), "late");
});

Deno.test("what is said in one part of a split group is not heard in the other", () => {
  const group = startedGroup();
  group.partition(["a", "b"], ["c"]);
  group.run(2_000);
  send(group, "a", "here");
  send(group, "c", "there");
  group.run(500);
  group.partition(["a", "b", "c"]);
  group.run(3_000);
  assert.deepEqual(["a", "b", "c"].map((host) => heardBy(group, host)), ["here", "here", "there"]);
});

Deno.test("a host that has too much to say tells so, and says the rest", () => {
  const group = startedGroup();
  group.partition(["a", "b"], ["c"]);
  for (let n = 0; n < 20; n++) send(group, "c", `${n}`);
  const unsaid = notesOf(group, "c").filter(({ kind }) => kind === "unsaid").length;
  assert.equal(unsaid, 4);
  group.run(5_000);
  assert.equal(heardBy(group, "c"), Array.from({ length: 16 }, (_, n) => n).join(" "));
});

Deno.test("what operators ask for is heard by all", () => {
  const group = startedGroup();
  group.tell("b", { kind: "operatorRequested", request: { kind: "drain", reason: "new disk" } });
  group.run(200);
  const heard = (host: string) => notesOf(group, host).filter(isSaid).map(({ word }) => word);
  assert.deepEqual(heard("c").map(({ by, matter }) => [by.host, matter]), [[
    "b",
    { kind: "drained", reason: "new disk" },
  ]]);
  assert.deepEqual(heard("a"), heard("c"));
});
