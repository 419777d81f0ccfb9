import { deepEqual } from "node:assert/strict";
import type { Probe } from "../../src/core/check.ts";
import { checkHooksHere } from "../../src/host/hook_check.ts";
import { searchPath } from "../../src/host/programs.ts";
import { noHooks } from "../daemon/fake_hooks.ts";

const problemsOf = async (probes: readonly Probe[], directories = searchPath(undefined)) => {
  const checks = probes.map((probe) => ({ name: "web", probe }));
  return (await checkHooksHere({ hooks: noHooks, checks }, { directories, isRunning: false })).problems;
};

const exec = (program: string, user: string | null = null): Probe => ({
  kind: "exec",
  command: [program],
  user,
});

Deno.test("a check that starts a program needs what starts it, and who has none needs nothing", async () => {
  const nowhere = ["/no/such/directory"];
  const missing = [
    'Cannot start: the program "setpriv" is missing (looked in /no/such/directory); ' +
    "on Debian it is in the package util-linux",
  ];
  deepEqual(await problemsOf([exec("/bin/true")], nowhere), missing);
  deepEqual(await problemsOf([{ kind: "file", path: "/etc/passwd", absent: false }], nowhere), missing);
  deepEqual(await problemsOf([{ kind: "process", name: "nginx" }], nowhere), []);
});

Deno.test("a check's program is there, nobody else may change it, and its user exists: or that is told", async () => {
  const directory = await Deno.makeTempDir({ prefix: "molehill-test-" });
  const open = `${directory}/open.sh`;
  await Deno.writeTextFile(open, "#!/bin/sh\n");
  await Deno.chmod(open, 0o777);
  deepEqual(await problemsOf([exec("/bin/true", "nobody")]), []);
  deepEqual(await problemsOf([exec("/nowhere/prog", "no-such-user"), exec(open)]), [
    'Cannot run check web "/nowhere/prog" as user "no-such-user": no such user',
    'Cannot run check web "/nowhere/prog": no such file',
    `Cannot run check web "${open}": others may change "${open}", for its mode is 0777 ` +
    "(wanted root alone to write to it)",
  ]);
  await Deno.remove(directory, { recursive: true });
});
