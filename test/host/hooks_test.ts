// Real programs, started by both runtimes as hooks are.

import { deepEqual, equal, match, ok } from "node:assert/strict";
import { fileURLToPath } from "node:url";
import type { HookOutcome } from "../../src/daemon/ports.ts";
import { mustRun, run } from "../support/command.ts";
import { runtimes } from "../support/runtimes.ts";
import { waitUntil } from "../support/wait.ts";

const script = fileURLToPath(new URL("hooks_script.ts", import.meta.url));
/** No test here waits for it: what is to end by itself does so at once. */
const LONG = 60_000;

interface Asked {
  readonly user?: string | null;
  readonly atMostMs?: number;
  readonly endAfterMs?: number;
  readonly isUrgent?: boolean;
  /** What stands before the runtime's own words. */
  readonly before?: readonly string[];
}

for (const [runtime, words] of Object.entries(runtimes)) {
  const line = (command: readonly string[], { before = [], ...asked }: Asked) => [
    ...before,
    ...words,
    script,
    JSON.stringify({ user: null, atMostMs: LONG, endAfterMs: null, command, ...asked }),
  ];
  const start = async (command: readonly string[], asked: Asked = {}): Promise<HookOutcome> => {
    const [outcome = "", ended] = (await mustRun(line(command, asked))).trim().split("\n");
    equal(ended, "ended");
    return JSON.parse(outcome);
  };
  const sh = (text: string, asked: Asked = {}) => start(["/bin/sh", "-c", text, "hook"], asked);

  Deno.test(`${runtime}: a hook gets its own arguments, whatever is in them, and no shell`, async () => {
    const outcome = await start(["/usr/bin/printf", "%s\n", "$HOME; echo no", "*"]);
    deepEqual(outcome, { kind: "done", code: 0, said: ["$HOME; echo no", "*"] });
  });

  Deno.test(`${runtime}: a hook has its variables, PATH, LANG and HOME, and nothing of the daemon's`, async () => {
    const outcome = await sh("env | grep -Ev '^(PWD|SHLVL|_)=' | sort", {
      before: ["env", "SECRET=of-the-daemon", "HOME=/root"],
    });
    ok(outcome.kind === "done");
    deepEqual(outcome.said, [
      "HOME=/root",
      "LANG=C.UTF-8",
      "MOLEHILL_EVENT=acquire",
      "MOLEHILL_VIP=web-a",
      "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
    ]);
  });

  Deno.test(`${runtime}: a hook has no input, starts in /, and leads a session of its own`, async () => {
    const outcome = await sh(
      'wc -c; pwd; set -- $(cut -d" " -f1,5,6 /proc/$$/stat); [ $1 = $2 -a $1 = $3 ] && echo leads',
    );
    deepEqual(outcome, { kind: "done", code: 0, said: ["0", "/", "leads"] });
  });

  Deno.test(`${runtime}: a hook's user has none of the daemon's groups and privileges`, async () => {
    const outcome = await sh(
      "id -u; id -G; sed -n 's/^Cap\\(Inh\\|Eff\\|Amb\\):.//p' /proc/self/status | sort -u; echo $HOME",
      { user: "nobody", before: ["setpriv", "--groups", "4,24,27"] },
    );
    deepEqual(outcome, {
      kind: "done",
      code: 0,
      said: ["65534", "65534", "0000000000000000", "/nonexistent"],
    });
  });

  Deno.test(`${runtime}: a hook that nobody waits for has a lower priority than the daemon`, async () => {
    const niceness = async (isUrgent: boolean) => {
      const outcome = await sh("sleep 0.1; nice", { isUrgent, before: ["nice", "-n", "2"] });
      return outcome.kind === "done" ? outcome.said : [];
    };
    const own = Number((await mustRun(["nice"])).trim());
    deepEqual(await niceness(true), [String(own + 2)]);
    deepEqual(await niceness(false), [String(own + 12)]);
  });

  Deno.test(`${runtime}: a hook's code and its last words come back`, async () => {
    const outcome = await sh(
      "for i in 1 2 3 4 5 6 7; do echo line $i; done; echo oops >&2; printf unfinished; exit 3",
    );
    ok(outcome.kind === "done");
    equal(outcome.code, 3);
    equal(outcome.said.length, 5);
    ok(
      outcome.said.includes("oops") && outcome.said.includes("line 7") && outcome.said.includes("unfinished"),
    );
  });

  Deno.test(`${runtime}: a hook that writes without end is bounded, and ended by its time`, async () => {
    const outcome = await sh("exec yes xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx", {
      atMostMs: 700,
    });
    ok(outcome.kind === "timedOut");
    ok(outcome.said.length <= 5);
  });

  Deno.test(`${runtime}: a hook whose time is over is killed with its children, even those that ignore it`, async () => {
    const file = await Deno.makeTempFile();
    const text =
      `trap "" TERM; sleep 600 & echo $! > ${file}; (trap "" TERM; echo $$ >> ${file}; sleep 600); sleep 600`;
    const outcome = await sh(text, { atMostMs: 500 });
    deepEqual(outcome, { kind: "timedOut", said: [] });
    const pids = (await Deno.readTextFile(file)).trim().split("\n").map(Number);
    equal(pids.length, 2);
    for (const pid of pids) await waitUntil(() => hasEnded(pid), { what: `process ${pid} to end` });
    await Deno.remove(file);
  });

  Deno.test(`${runtime}: a hook whose time is over is ended with what is in another process group`, async () => {
    const file = await Deno.makeTempFile();
    const outcome = await sh(
      `echo $$ > ${file}; timeout 600 sh -c 'trap "" TERM; echo $$ >> ${file}; sleep 601; sleep 602'`,
      { atMostMs: 500 },
    );
    equal(outcome.kind, "timedOut");
    const pids = (await Deno.readTextFile(file)).trim().split("\n").map(Number);
    equal(pids.length, 2);
    for (const pid of pids) await waitUntil(() => hasEnded(pid), { what: `process ${pid} to end` });
    await Deno.remove(file);
  });

  Deno.test(`${runtime}: a hook of another user is killed with its children too`, async () => {
    const file = await Deno.makeTempFile();
    await Deno.chmod(file, 0o666);
    const outcome = await sh(`sleep 600 & echo $! > ${file}; sleep 600`, { user: "nobody", atMostMs: 500 });
    equal(outcome.kind, "timedOut");
    const pid = Number(await Deno.readTextFile(file));
    await waitUntil(() => hasEnded(pid), { what: `process ${pid} to end` });
    await Deno.remove(file);
  });

  Deno.test(`${runtime}: a hook that is not wanted any more is ended at once`, async () => {
    deepEqual(await sh("sleep 600", { endAfterMs: 300 }), { kind: "ended" });
  });

  Deno.test(`${runtime}: a service that a hook leaves behind is let be, and keeps nobody waiting`, async () => {
    const outcome = await sh("sleep 600 & echo $!");
    ok(outcome.kind === "done");
    const pid = Number(outcome.said[0]);
    equal(await hasEnded(pid), false);
    Deno.kill(pid, "SIGKILL");
  });

  Deno.test(`${runtime}: a hook that is not there says so`, async () => {
    const outcome = await start(["/nowhere/hook.sh"]);
    ok(outcome.kind === "done" && outcome.code !== 0);
    match(outcome.said.join(), /\/nowhere\/hook.sh: No such file/);
  });

  Deno.test(`${runtime}: a hook ends with a daemon that is killed, whoever runs it`, async () => {
    for (const user of [null, "nobody"]) {
      const file = await Deno.makeTempFile();
      await Deno.chmod(file, 0o666);
      const text = `echo $$ > ${file}; exec sleep 600`;
      const daemon = run(line(["/bin/sh", "-c", text], { user }), { atMostMs: 30_000 });
      await waitUntil(async () => (await Deno.readTextFile(file)) !== "", { what: "the hook to begin" });
      const hook = Number(await Deno.readTextFile(file));
      Deno.kill(await parentOf(hook), "SIGKILL");
      await waitUntil(() => hasEnded(hook), { what: "the hook to end" });
      await daemon;
      await Deno.remove(file);
    }
  });
}

const parentOf = async (pid: number): Promise<number> =>
  Number((await Deno.readTextFile(`/proc/${pid}/stat`)).replace(/^.*\) /s, "").split(" ")[1]);

/** A process that ended may stay as a zombie until its parent looks after it. */
const hasEnded = async (pid: number): Promise<boolean> =>
  /\) [ZX]/.test(await Deno.readTextFile(`/proc/${pid}/stat`).catch(() => ") X"));
