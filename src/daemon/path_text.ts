// The lines of the log that tell of a path lost and found, in the voice of note_text.ts.

import type { LogLine } from "./note_text.ts";
import type { PathNote } from "./paths.ts";
import { listed, spanText } from "./words.ts";

/** The line that tells the note to people. */
export function pathText(note: PathNote): LogLine {
  const path = `the path to host "${note.host}" over segment "${note.segment}"`;
  switch (note.kind) {
    case "pathLost": {
      const silence = note.silentFor === null
        ? "never heard there"
        : `nothing heard there for ${spanText(note.silentFor)}`;
      const others = note.heardOver.map((segment) => `"${segment}"`);
      return { level: "warning", text: `Lost ${path}: ${silence}; it is still heard over ${listed(others)}` };
    }
    case "pathFound":
      return { level: "info", text: `Found ${path} again` };
  }
}
