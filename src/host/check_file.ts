// Looks whether a file is there, or is not: a flag that a person or another program sets. What a link leads to counts.
//
// Another process looks. A file system that does not answer, as of a file server that is gone, holds whoever looks, and two
// or three such looks of this process would keep all its other work with files waiting, whatever disk it is on.

import type { Looker, Probe } from "./check.ts";
import { createProgramRunner, findSessionStarter } from "./check_program.ts";
import { messageOf } from "./command.ts";

/** Says the kernel's reason and not the path before it, which may be long. */
const script = `said=$(stat -L -c "" "$1" 2>&1) && exit; echo "\${said##*: }" >&2; exit 1`;
/** As strerror(3) has ENOENT and ENOTDIR. */
const meansMissing = new Set(["No such file or directory", "Not a directory"]);

export function createFileLooker(
  { path, absent }: Probe & { readonly kind: "file" },
  { setsid }: { /** With its whole path. */ readonly setsid: string },
): Looker {
  const command = ["sh", "-c", script, "sh", path];
  let starter: Promise<string> | null = null;
  const runner = createProgramRunner();

  return {
    async look({ giveUp }) {
      try {
        const setpriv = await (starter ??= findSessionStarter());
        const { code, said } = await runner.run(
          { command, setsid, setpriv, user: null, variables: {} },
          giveUp,
        );
        if (code === 0) return absent ? `${path} is there` : null;
        if (giveUp.aborted) return "";
        // What cannot be looked at is neither there nor absent.
        if (!meansMissing.has(said)) return `cannot look at ${path}: ${said}`;
        return absent ? null : `${path} is not there`;
      } catch (error) {
        // It may be put right meanwhile.
        starter = null;
        return messageOf(error);
      }
    },
    close() {},
  };
}
