// The stories that an operator knows, each a file beside this one: commands, and the recorded trace of what they
// caused. `deno task golden` records them anew, to be read in the diff.

import { ok, throws } from "node:assert/strict";
import { vipName } from "../../src/core/vocabulary.ts";
import { coreProgram } from "../../src/simulator/core_program.ts";
import type { Program } from "../../src/simulator/host.ts";
import { golden } from "../support/golden.ts";
import { play } from "./play.ts";
import { readScript } from "./script.ts";

const folder = new URL("./", import.meta.url);
const names = [...Deno.readDirSync(folder)].map(({ name }) => name).filter((name) => name.endsWith(".txt"))
  .sort();

Deno.test("there are scenarios", () => ok(names.length >= 20));

for (const name of names) {
  Deno.test(`the story of ${name} goes as recorded`, async () => {
    const path = `test/scenarios/${name}`;
    await golden(`../scenarios/${name}`, play(path, Deno.readTextFileSync(new URL(name, folder))));
  });
}

const begun = "> hosts a b\n> vips web\n> settled\n";

const misread: Readonly<Record<string, string>> = {
  [`${begun}> kil a`]: '> kil a": no such command (wanted hosts, vips, vip, mode,',
  [`${begun}> kill`]: 'x.txt:4: Cannot read "> kill": wanted "kill a [without guard]"',
  [`${begun}> power z`]: 'x.txt:4: Cannot read "> power z": no host "z" (found a, b)',
  [`${begun}> move mail b at a`]: 'x.txt:4: Cannot read "> move mail b at a": no VIP "mail" (found web)',
  [`${begun}> wait long`]: 'x.txt:4: Cannot read "> wait long": found "long", wanted a time as 50ms or 2s',
  [`${begun}> after 2s: power a\n> wait 1s`]:
    'x.txt:5: Cannot read "> wait 1s": a command of this step comes 2000 ms',
  [`${begun}> power a\n`]: 'x.txt: Cannot end the last step: found no "> wait" after it',
  [`${begun}> hosts c`]: 'x.txt:4: Cannot read "> hosts c": it comes too late: the group has begun to run',
  [`${begun}> partition a | a`]: 'x.txt:4: Cannot read "> partition a | a": host "b" is on neither side',
  ["> hosts a\n> settled"]:
    'x.txt:2: Cannot read "> settled": the group is not complete: wanted "> hosts" and "> vips"',
  ["> vips web"]: 'x.txt:1: Cannot read "> vips web": VIPs need hosts: wanted "> hosts" before',
  ["> hosts a\n> vip web prefers a"]:
    'x.txt:2: Cannot read "> vip web prefers a": found "prefers", wanted one of prefer,',
  ["> hosts a\n> mode strict"]:
    'x.txt:2: Cannot read "> mode strict": found "strict", wanted one of serve, quorum',
  ["# a story without an end"]: 'x.txt: Cannot tell a story: found no "> wait" or "> settled"',
};

for (const [text, expected] of Object.entries(misread)) {
  Deno.test(`a scenario that cannot be read says what is wrong: ${expected}`, () => {
    throws(() => readScript("x.txt", text), (error: Error) => error.message.includes(expected));
  });
}

Deno.test("recorded lines are not read: a scenario is the same without them", () => {
  const text = `${begun}> power a\n> wait 1s\n`;
  const recorded = play("x.txt", text);
  ok(recorded.includes("b         has not heard a for 500 ms"), recorded);
  ok(play("x.txt", recorded) === recorded);
});

/** The core, but for a hand that now and then takes the VIP, whoever may have it. */
const greedy: Program = {
  start(of) {
    const core = coreProgram.start(of);
    return {
      ...core,
      step: (event, now) => [
        ...core.step(event, now),
        ...(event.kind === "clockTicked" ? [{ kind: "addAddresses", vips: [vipName("web")] } as const] : []),
      ],
    };
  },
};

Deno.test("a story in which a promise is broken fails, and says which", () => {
  throws(() => play("x.txt", `${begun}> power a\n> wait 1s\n`, greedy), {
    message:
      /^x\.txt: The story violates "exclusive" [\d.]+ ms after its beginning: b took 10\.0\.0\.1 in view /,
  });
});
