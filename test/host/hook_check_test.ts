import { deepEqual } from "node:assert/strict";
import { checkHooksHere } from "../../src/host/hook_check.ts";
import { noHooks } from "../daemon/fake_hooks.ts";

const look = (
  probe: { readonly kind: "exec"; readonly command: readonly string[]; readonly user: null } | null,
) =>
  checkHooksHere({ hooks: noHooks, checks: probe === null ? [] : [{ probe }] }, {
    directories: ["/no/such/directory"],
    isRunning: false,
  });

Deno.test("a check that is a program needs what starts it, and who has none needs nothing", async () => {
  const { problems } = await look({ kind: "exec", command: ["/bin/true"], user: null });
  deepEqual(problems, [
    'Cannot start: the program "setpriv" is missing (looked in /no/such/directory); ' +
    "on Debian it is in the package util-linux",
  ]);
  deepEqual((await look(null)).problems, []);
});
