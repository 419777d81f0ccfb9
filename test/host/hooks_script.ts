// Run by either runtime: starts one hook, tells its outcome as JSON, and ends when nothing of it runs any more.
//
//   hooks_script.ts {"command": [...], "user": null, "atMostMs": 1000, "endAfterMs": null, "setpriv": "/usr/bin/setpriv"}

import { duration } from "../../src/core/vocabulary.ts";
import { openHooks } from "../../src/host/hooks.ts";
import { findUsers } from "../../src/host/users.ts";

const { command, user, atMostMs, endAfterMs, isUrgent = false } = JSON.parse(Deno.args[0] ?? "");
const hooks = openHooks({
  hooks: { before_acquire: [], acquire: [], release: [], view: [], partition: [], foreign_holder: [] },
  vips: [],
  users: await findUsers(user === null ? [] : [user], ["/usr/bin"]),
  setsid: "/usr/bin/setsid",
  setpriv: "/usr/bin/setpriv",
});
const hook = {
  command,
  user,
  timeout: duration(atMostMs),
  vips: null,
  batch: false,
  onFailure: "refuse",
} as const;
const process = hooks.start(hook, {
  variables: { MOLEHILL_EVENT: "acquire", MOLEHILL_VIP: "web-a" },
  atMostMs,
  isUrgent,
});
if (endAfterMs !== null) setTimeout(() => process.end(), endAfterMs);
console.log(JSON.stringify(await process.outcome));
await process.ended;
console.log("ended");
Deno.exit(0);
