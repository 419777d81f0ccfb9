import { deepEqual } from "node:assert/strict";
import { isLive } from "../../../src/config/import/suggestions.ts";
import { problemsOf, SMALL_FILE } from "../small_file.ts";

// A section that the loader has come to understand is to be switched on in suggestions.ts.
Deno.test("sections are only suggested as long as the loader does not understand them", () => {
  const sections = ["log", "check", "hooks"];
  const unknown = new Set(
    sections.filter((section) =>
      problemsOf(`${SMALL_FILE}[${section}]\nno_such_key = 1\n`).some((text) =>
        text.includes("unknown section")
      )
    ),
  );
  const live = sections.filter((section) =>
    isLive({ section, header: "", why: "", lines: [], needsHand: false })
  );
  deepEqual(live, sections.filter((section) => !unknown.has(section)));
});
