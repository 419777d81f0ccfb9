// A running `ip -batch -` that is fed as the need arises. Starting a program takes several milliseconds, on a busy
// host many more; a line given to one that runs is carried out in a fifth of one. This is the time in which a VIP that
// moves is on nobody.
//
//     add, remove ──lines──▶ ip -batch - ──▶ kernel
//                 ◀─"Command failed -:2"──┘
//     "link show dev lo" ends each batch: what ip says of lo tells that everything before it is done
//
// ip remembers the interfaces that it has looked up, so after anything that failed a new one is started, which asks the
// kernel again. The program dies with the daemon: it cannot add an address after the guard has removed them all.

import { parseBatchProblems } from "../codec/ip_batch.ts";
import { kill, messageOf } from "./command.ts";
import type { Programs } from "./programs.ts";

export interface IpSession {
  /** Carries the lines out, and gives for each what went wrong, or null. One call at a time. Never rejects. */
  run(lines: readonly string[]): Promise<readonly (string | null)[]>;
  /** Forgets what ip knows of interfaces; for when they have changed. */
  renew(): void;
  close(): Promise<void>;
}

/** A batch takes a few milliseconds; one that takes this long hangs, and what it did is unknown. */
const LIMIT_MS = 2_000;

export function startIpSession(programs: Pick<Programs, "ip" | "setpriv" | "sh">): IpSession {
  let current: Life | null = null;
  let isOutdated = false;

  return {
    async run(lines) {
      if (lines.length === 0) return [];
      if (isOutdated) end();
      const isFresh = current === null;
      const problems = await attempt(lines);
      if (isFresh || problems.every((problem) => problem === null)) return problems;
      // It may have spoken of an interface that is not the one of that name any more. Every line may be said twice.
      return await attempt(lines);
    },
    // Not at once: a batch may be under way.
    renew: () => void (isOutdated = true),
    async close() {
      const last = current;
      end();
      await last?.ended;
    },
  };

  async function attempt(lines: readonly string[]): Promise<readonly (string | null)[]> {
    try {
      current ??= startLife(programs);
      const problems = await current.carryOut(lines);
      if (problems.some((problem) => problem !== null)) end();
      return problems;
    } catch (error) {
      end();
      return lines.map(() => messageOf(error));
    }
  }

  function end(): void {
    current?.end();
    current = null;
    isOutdated = false;
  }
}

/** One ip process. */
interface Life {
  /** Rejects when the process ends or hangs. */
  carryOut(lines: readonly string[]): Promise<readonly (string | null)[]>;
  end(): void;
  readonly ended: Promise<unknown>;
}

function startLife({ ip, setpriv, sh }: Pick<Programs, "ip" | "setpriv" | "sh">): Life {
  const args = ["--pdeathsig", "KILL", sh, "-c", 'exec "$0" -o -force -batch - 2>&1', ip];
  const child = new Deno.Command(setpriv, { args, stdin: "piped", stdout: "piped", stderr: "null" }).spawn();
  const input = child.stdin.getWriter();
  const output = child.stdout.getReader();
  const decoder = new TextDecoder();
  let said = "";
  let linesBefore = 0;

  return {
    async carryOut(lines) {
      const base = linesBefore;
      linesBefore += lines.length + 1;
      const fed = input.write(new TextEncoder().encode([...lines, END].join("\n") + "\n"));
      const [answer] = await Promise.all([within(LIMIT_MS, readAnswer()), fed]);
      return parseBatchProblems(renumbered(answer, base), { count: lines.length, code: 0 });
    },
    end() {
      input.close().catch(() => {});
      output.cancel().catch(() => {});
      kill(child, "SIGKILL");
    },
    ended: child.status,
  };

  /** Everything said until the end of the batch. */
  async function readAnswer(): Promise<string> {
    for (;;) {
      const end = END_ANSWER.exec(said);
      if (end !== null) {
        const answer = said.slice(0, end.index);
        said = said.slice(end.index + end[0].length);
        return answer;
      }
      const { done, value } = await output.read();
      if (done) throw new Error(said.trim() || "ip ended");
      said += decoder.decode(value, { stream: true });
    }
  }
}

const END = "link show dev lo";
const END_ANSWER = /^\d+: lo: .*\n/m;

/** With the numbers that the lines have in their own batch. */
const renumbered = (answer: string, base: number): string =>
  answer.replace(/^(Command failed -:)(\d+)$/gm, (_, words, line) => `${words}${Number(line) - base}`);

async function within<Result>(ms: number, work: Promise<Result>): Promise<Result> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const tooLate = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${ms} ms`)), ms);
  });
  try {
    return await Promise.race([work, tooLate]);
  } finally {
    clearTimeout(timer);
  }
}
