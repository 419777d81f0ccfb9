// What property tests make up is drawn from a seed, the same in every run: what has passed passes again, and what
// fails fails again. PROPERTY_SEED=N draws other cases, which is how rare ones are found.

import fc from "fast-check";

fc.configureGlobal({ seed: Number(Deno.env.get("PROPERTY_SEED") ?? 1) });

export { fc };
