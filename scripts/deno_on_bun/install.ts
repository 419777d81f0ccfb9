// Puts the map where the build's `--define Deno=globalThis.__denoOnBun` looks for it. Whoever imports this file
// before any other has `Deno` in all of them.

import { denoOnBun } from "./deno_on_bun.ts";

Reflect.set(globalThis, "__denoOnBun", denoOnBun);
