import { equal, match, ok } from "node:assert/strict";
import { type Explanation, parseExplanation } from "../../src/codec/explanation.ts";
import { renderExplanation } from "../../src/cli/render_explain.ts";
import { golden } from "../support/golden.ts";
import { explained, heldByNobody, moved } from "./explain_values.ts";

const render = (explanation: Explanation) => renderExplanation(explanation, { colours: false });

Deno.test("renderExplanation() tells of a VIP that is held, on its holder", async () => {
  await golden("cli/explain_held.txt", render(explained));
});

Deno.test("renderExplanation() tells of a VIP that an operator moved, on another host", async () => {
  await golden("cli/explain_moved.txt", render(moved));
});

Deno.test("renderExplanation() tells of a VIP that nobody can hold, and what to do", async () => {
  await golden("cli/explain_uncovered.txt", render(heldByNobody));
});

Deno.test("renderExplanation() in colours says the same", () => {
  for (const each of [explained, moved, heldByNobody]) {
    const painted = renderExplanation(each, { colours: true });
    ok(painted.includes("\x1b["));
    equal(painted.replaceAll(/\p{Cc}\[\d+m/gu, ""), render(each));
  }
});

Deno.test("what a daemon answers to explain is read as it was sent, and what it does not have is a problem", () => {
  for (const each of [explained, moved, heldByNobody]) {
    const read = parseExplanation(JSON.stringify({ ...each, later: 1 }));
    ok(read.ok);
    equal(JSON.stringify(read.value), JSON.stringify(each));
  }
  equal(parseExplanation("{}").ok, false);
});

Deno.test("renderExplanation() tells that a host which fails a check is next only where no well host can hold it", () => {
  const hosts = explained.hosts.map((each) =>
    each.name === "test01" ? { ...each, failing: ['fails check "web" (exit code 1)'] } : each
  );
  match(
    renderExplanation({ ...explained, hosts }, { colours: false }),
    /^test01 {2}yes {10}next; fails check "web" \(exit code 1\); it is given only what no host that is well can hold$/m,
  );
});
