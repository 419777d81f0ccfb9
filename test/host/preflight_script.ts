// Prints what preflight finds, for the options that are the one argument.

import { preflight } from "../../src/host/preflight.ts";

console.log(JSON.stringify(await preflight(JSON.parse(Deno.args[0] ?? ""))));
