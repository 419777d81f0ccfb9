// Looks whether a process of a name runs: the kernel's name of it, which is what ps(1) shows and at most 15 bytes long, or
// the last part of the path that it was started by. One that has ended and that nobody has asked for (a zombie) does
// not run. Only processes that this one sees in /proc count.

import { readdir, readFile } from "node:fs/promises";
import type { Looker, Probe } from "./check.ts";

/** TASK_COMM_LEN of the kernel, less the zero byte at its end. */
const COMM_BYTES_MAX = 15;

export function createProcessLooker({ name }: Probe & { readonly kind: "process" }): Looker {
  const comm = new TextDecoder().decode(new TextEncoder().encode(name).subarray(0, COMM_BYTES_MAX));
  /** Found the last time: as a rule it is still there, and nobody else has to be looked at. */
  let known: string | null = null;

  return {
    async look({ giveUp }) {
      if (known !== null && await isIt(known)) return null;
      known = null;
      for (const entry of await readdir("/proc")) {
        if (giveUp.aborted) return "";
        if (/^\d+$/.test(entry) && await isIt(entry)) {
          known = entry;
          return null;
        }
      }
      return `no process "${name}" runs`;
    },
    close() {},
  };

  async function isIt(pid: string): Promise<boolean> {
    try {
      // "123 (name) S ...": the name may have brackets in it, the rest has none.
      const stat = await readFile(`/proc/${pid}/stat`, "utf8");
      const end = stat.lastIndexOf(")");
      const state = stat.slice(end + 2, end + 3);
      if (state === "Z" || state === "X") return false;
      const isNamed = stat.slice(stat.indexOf("(") + 1, end) === comm;
      if (isNamed && comm === name) return true;
      const [program = ""] = (await readFile(`/proc/${pid}/cmdline`, "utf8")).split("\0");
      return program.slice(program.lastIndexOf("/") + 1) === name;
    } catch {
      // It has ended meanwhile.
      return false;
    }
  }
}
