import { deepEqual } from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { runtimes } from "../support/runtimes.ts";

const script = fileURLToPath(new URL("signals_script.ts", import.meta.url));

async function endOf([program = "", ...args]: readonly string[], way: string) {
  const { code, stdout } = await new Deno.Command(program, { args: [...args, script, way] }).output();
  return { code, said: new TextDecoder().decode(stdout).trim().split("\n") };
}

for (const [runtime, command] of Object.entries(runtimes)) {
  Deno.test(`on ${runtime}, SIGTERM and SIGINT ask to stop, SIGHUP to reload, and none of them kills`, async () => {
    const { code, said } = await endOf(command, "signals");
    deepEqual([code, said.toSorted()], [0, ["reload", "stop SIGINT", "stop SIGTERM"]]);
  });

  Deno.test(`on ${runtime}, an error that nobody caught is told, and the process can end`, async () => {
    deepEqual(await endOf(command, "thrown"), { code: 70, said: ["fatal from a timer"] });
    deepEqual(await endOf(command, "rejected"), { code: 70, said: ["fatal from a promise"] });
    deepEqual(await endOf(command, "rejectedWithoutError"), { code: 70, said: ["fatal no error"] });
  });
}
