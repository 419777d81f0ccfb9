// The list of deliberate faults fits the program as it is. Whether each is caught takes minutes, and is looked at by
// "deno task mutants".

import { deepEqual, ok, throws } from "node:assert/strict";
import { allCheckers } from "../src/simulator/checkers/all.ts";
import { planOf } from "../src/simulator/simulate.ts";
import { mutants } from "./mutants.ts";
import { type Mutant, withFault } from "./support/mutant.ts";

const text = (file: string): string => Deno.readTextFileSync(new URL(`../${file}`, import.meta.url));

Deno.test("every deliberate fault has one place to be put in, and a name of its own", () => {
  for (const mutant of mutants) ok(withFault(mutant, text(mutant.file)) !== text(mutant.file), mutant.fault);
  deepEqual(mutants.length, new Set(mutants.map(({ fault }) => fault)).size);
});

Deno.test("who is to catch a deliberate fault exists", () => {
  const checkers = new Set(allCheckers(planOf({ seed: 1 })).map(({ name }) => name));
  for (const { fault, caughtBy } of mutants) {
    const exists = "checker" in caughtBy
      ? checkers.has(caughtBy.checker)
      : text(caughtBy.test).includes(JSON.stringify(caughtBy.name));
    ok(exists, `${fault}: no such test or checker: ${JSON.stringify(caughtBy)}`);
  }
});

Deno.test("checkers of the simulator have to catch at least 30 deliberate faults, without any test's help", () => {
  ok(mutants.filter(({ caughtBy }) => "checker" in caughtBy).length >= 30);
});

Deno.test("a fault that has no place, or several, is refused with its file and text", () => {
  const mutant: Mutant = {
    fault: "a release is forgotten",
    file: "src/core/vip.ts",
    find: "remove()",
    replace: "",
    caughtBy: { checker: "exclusive", seed: 1 },
  };
  throws(
    () => withFault(mutant, "stay()"),
    /^Error: Cannot put "a release is forgotten" into src\/core\/vip.ts: found 0 times, wanted 1:\nremove\(\)$/,
  );
  throws(() => withFault(mutant, "remove() remove()"), /found 2 times, wanted 1/);
});
