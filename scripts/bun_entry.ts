// The entry of the compiled executable: first the part of `Deno` that the sources use, put on Bun, then the
// program. The build replaces the identifier `Deno` by `globalThis.__denoOnBun`; there never is a global `Deno`,
// for libraries look for one and would take Bun for Deno.

import "./deno_on_bun/install.ts";
import "../main.ts";
