// When a check counts as passed or failed: a table of results.

import assert from "node:assert/strict";
import { type CheckState, nextState } from "../../src/host/check_state.ts";

/** "+" for a pass and "-" for a failure; gives what it counts as after each, in the same letters. */
function counted(results: string, of: { rise: number; fall: number }): string {
  let state: CheckState | null = null;
  return [...results].map((result) => {
    state = nextState(state, result === "+", of);
    return state.kind === "passing" ? "+" : "-";
  }).join("");
}

const table: readonly (readonly [results: string, counts: string, told: string])[] = [
  ["+", "+", "the first result decides by itself"],
  ["-", "-", "also when it is a failure"],
  ["++--+--+", "++++++++", "fewer failures in a row than fall count for nothing"],
  ["+---", "+++-", "as many as fall count as failed"],
  ["---+-+-+", "--------", "fewer passes in a row than rise count for nothing"],
  ["-++", "--+", "as many as rise count as passed"],
  ["+---+--++---", "+++-----+++-", "a result of the other kind begins the count anew"],
];

for (const [results, counts, told] of table) {
  Deno.test(`nextState() with rise 2 and fall 3 counts ${results} as ${counts}: ${told}`, () => {
    assert.equal(counted(results, { rise: 2, fall: 3 }), counts);
  });
}

Deno.test("nextState() counts fewer failures in a row than fall for nothing", () => {
  assert.equal(counted("++--+--+", { rise: 2, fall: 3 }), "++++++++");
});

Deno.test("nextState() with rise 1 and fall 1 counts every result", () => {
  assert.equal(counted("+-+--++", { rise: 1, fall: 1 }), "+-+--++");
});
