// Golden files: what a program said, kept in test/golden/ and compared word for word. MOLEHILL_GOLDEN=rewrite writes
// them anew; the change is then read in the diff.

import { equal } from "node:assert/strict";

/** Compares `found` with test/golden/NAME, or writes it there when asked to rewrite. */
export async function golden(name: string, found: string): Promise<void> {
  const file = new URL(`../golden/${name}`, import.meta.url);
  if (Deno.env.get("MOLEHILL_GOLDEN") === "rewrite") {
    await Deno.mkdir(new URL(".", file), { recursive: true });
    await Deno.writeTextFile(file, found);
    return;
  }
  equal(found, await recorded(file, name));
}

async function recorded(file: URL, name: string): Promise<string> {
  try {
    return await Deno.readTextFile(file);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    throw new Error(
      `Cannot compare with test/golden/${name}: no such file (write it with: deno task golden)`,
    );
  }
}
