// The documents say what is so: blocks of output are those of the golden files, links lead somewhere, tasks exist, and
// every invariant of the protocol names tests that exist.

import assert from "node:assert/strict";
import declared from "../deno.json" with { type: "json" };
import { allCheckers } from "../src/simulator/checkers/all.ts";
import { drawPlan } from "../src/simulator/draw_plan.ts";
import { Random } from "../src/simulator/random.ts";

const root = new URL("../", import.meta.url);
const read = (path: string): string => Deno.readTextFileSync(new URL(path, root));

/** Everything a test could be named by: the text of all test files. */
function testSources(folder = new URL("test/", root)): string {
  return [...Deno.readDirSync(folder)].sort((a, b) => (a.name < b.name ? -1 : 1)).map((entry) => {
    if (entry.isDirectory) return testSources(new URL(`${entry.name}/`, folder));
    return entry.name.endsWith(".ts") ? Deno.readTextFileSync(new URL(entry.name, folder)) : "";
  }).join("\n");
}

Deno.test("every block of output in the README is the golden file that it names", () => {
  const blocks = [...read("README.md").matchAll(/<!-- (test\/golden\/\S+) -->\s+```\n([\s\S]*?)```/g)];
  assert(blocks.length > 0);
  for (const [, path = "", shown] of blocks) assert.equal(shown, read(path), path);
});

Deno.test("every link of the documents leads to a file", () => {
  const links = [...read("README.md").matchAll(/\]\(([^)]+)\)/g)];
  assert(links.length > 0);
  for (const [, path = ""] of links) assert(Deno.statSync(new URL(path, root)), path);
});

Deno.test("every task that the README names is a task", () => {
  const tasks = new Set(Object.keys(declared.tasks));
  const named = [...read("README.md").matchAll(/(?:deno|deno@[\d.]+) task (\w+)/g)].map(([, task = ""]) =>
    task
  );
  assert(named.length > 0);
  for (const task of named) assert(tasks.has(task), `deno task ${task}`);
});

Deno.test("every file that the map of the source names is there", () => {
  const named = [
    ...read("src/README.md").matchAll(/`((?:core|codec|config|daemon|simulator|host|cli)\/[\w./]+)`/g),
  ];
  assert(named.length > 0);
  for (const [, path = ""] of named) assert(Deno.statSync(new URL(`src/${path}`, root)), path);
});

Deno.test("every invariant of the protocol names the tests that would catch it breaking", () => {
  const sources = testSources();
  // A title may go on with what the test is parameterised by.
  const isName = (name: string) => ['"', "`"].some((quote) => sources.includes(`${quote}${name}`));
  const invariants = read("src/core/PROTOCOL.md").split(/\n(?=\*\*I\d+ )/).slice(1)
    .map((text) => (text.split("\n\n")[0] ?? "").replace(/\s+/g, " "));
  assert.equal(invariants.length, 22);
  invariants.forEach((text, at) => {
    assert(text.startsWith(`**I${at + 1} `), text);
    const tests = [...(text.split("Test: ")[1] ?? "").matchAll(/`([^`]+)`/g)].map(([, name = ""]) => name);
    assert(tests.length > 0, `${text} names no test`);
    for (const name of tests) assert(isName(name), `${text.slice(0, 40)}: no test or checker "${name}"`);
  });
});

Deno.test("every checker of the simulator stands for an invariant of the protocol", () => {
  const invariants = (read("src/core/PROTOCOL.md").split("## Invariants")[1] ?? "").split("\n## ")[0] ?? "";
  for (const { name } of allCheckers(drawPlan(new Random(1)))) {
    assert(invariants.includes(`\`${name}\``), `no invariant names checker "${name}"`);
  }
});
