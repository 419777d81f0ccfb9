// Looks whether a file is there, or is not: a flag that a person or another program sets. What a link leads to counts.

import { stat } from "node:fs/promises";
import type { Looker, Probe } from "./check.ts";
import { codeOf } from "./command.ts";

export const createFileLooker = ({ path, absent }: Probe & { readonly kind: "file" }): Looker => ({
  async look() {
    try {
      await stat(path);
      return absent ? `${path} is there` : null;
    } catch (error) {
      const code = codeOf(error);
      const isMissing = code === "ENOENT" || code === "ENOTDIR";
      // What cannot be looked at is neither there nor absent.
      if (!isMissing) return `cannot look at ${path}: ${code}`;
      return absent ? null : `${path} is not there`;
    }
  },
  close() {},
});
