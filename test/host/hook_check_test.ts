import { deepEqual } from "node:assert/strict";
import type { Probe } from "../../src/core/check.ts";
import { checkHooksHere } from "../../src/host/hook_check.ts";
import { noHooks } from "../daemon/fake_hooks.ts";

const look = (probe: Probe | null) =>
  checkHooksHere({ hooks: noHooks, checks: probe === null ? [] : [{ probe }] }, {
    directories: ["/no/such/directory"],
    isRunning: false,
  });

Deno.test("a check that starts a program needs what starts it, and who has none needs nothing", async () => {
  const { problems } = await look({ kind: "exec", command: ["/bin/true"], user: null });
  const missing = [
    'Cannot start: the program "setpriv" is missing (looked in /no/such/directory); ' +
    "on Debian it is in the package util-linux",
  ];
  deepEqual(problems, missing);
  deepEqual((await look({ kind: "file", path: "/etc/passwd", absent: false })).problems, missing);
  deepEqual((await look(null)).problems, []);
});
