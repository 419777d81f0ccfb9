import assert from "node:assert/strict";
import type { NodeEffect } from "../../../src/core/events.ts";
import type { SaidWord } from "../../../src/core/message.ts";
import { duration, hostName, incarnation, viewNumber } from "../../../src/core/vocabulary.ts";
import { words } from "../../../src/simulator/checkers/words.ts";
import type { Occurrence } from "../../../src/simulator/occurrence.ts";
import { fakeWorld } from "../fakes.ts";
import { groupOf } from "../../core/small_group.ts";

const world = fakeWorld(groupOf({}), []);
const view = (number: number) => ({
  number: viewNumber(number),
  coordinator: hostName("a"),
  incarnation: incarnation(1),
});
const said = (number: number, viewed = 3): NodeEffect => {
  const word: SaidWord = {
    number,
    matter: { kind: "balanceAsked" },
    by: { host: hostName("a"), incarnation: incarnation(1) },
    view: view(viewed),
  };
  return { kind: "note", note: { kind: "said", word } };
};
const installed = (number: number): NodeEffect => ({
  kind: "note",
  note: { kind: "viewInstalled", view: view(number), members: [], mature: true },
});
const stepped = (host: string, ...effects: readonly NodeEffect[]): Occurrence => ({
  kind: "stepped",
  host: hostName(host),
  event: { kind: "clockTicked" },
  effects,
  idle: duration(0),
  wait: null,
});
const ended: Occurrence = { kind: "milestone", milestone: "ended" };

/** What the checker says of the last of these. */
function verdict(...occurrences: readonly Occurrence[]): string | null {
  const checker = words();
  return occurrences.map((each) => checker.check(each, world)?.what ?? null).at(-1) ?? null;
}

Deno.test("words objects when a daemon hears a word twice, but not when its next life does", () => {
  assert.match(verdict(stepped("b", said(1)), stepped("b", said(1))) ?? "", /b heard twice: a#1 1/);
  const started: Occurrence = { kind: "daemon", host: hostName("b"), change: "started" };
  assert.equal(verdict(stepped("b", said(1)), started, stepped("b", said(1))), null);
});

Deno.test("words objects when two hear two words in different orders", () => {
  assert.match(
    verdict(stepped("b", said(1), said(2)), stepped("c", said(2), said(1))) ?? "",
    /c heard a#1 2 .* before a#1 1 .*, b the other way round/,
  );
  assert.equal(verdict(stepped("b", said(1), said(2)), stepped("c", said(2))), null);
});

Deno.test("words objects in the end when somebody had a view and has not heard what was said in it", () => {
  const heard = stepped("b", installed(3), said(1));
  assert.match(
    verdict(heard, stepped("c", installed(3)), ended) ?? "",
    /c had view 3@a#1 and never heard a#1 1/,
  );
  assert.equal(verdict(heard, stepped("c", installed(4)), ended), null);
});
