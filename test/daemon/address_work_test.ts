// New acquisitions may have to wait for hooks; nothing else has to.

import { deepEqual, equal } from "node:assert/strict";
import type { NodeEvent } from "../../src/core/events.ts";
import { type VipName, vipName } from "../../src/core/vocabulary.ts";
import { AddressWork } from "../../src/daemon/address_work.ts";
import { turn } from "./fake_hooks.ts";
import { webA, webB, webC } from "./values.ts";

/** A gate that holds all but web-c up, until the test speaks; and what was done to the addresses, in order. */
function scene() {
  const done: string[] = [];
  const events: NodeEvent[] = [];
  const asked = new Map<VipName, (problem: string | null) => void>();
  const after: { tick: () => void } = { tick: () => {} };
  const work = new AddressWork({
    addresses: {
      add: (vips) => (done.push(`add ${vips.join(" ")}`), Promise.resolve({ done: vips, problems: [] })),
      remove: (
        vips,
      ) => (done.push(`remove ${vips.join(" ")}`), Promise.resolve({ done: vips, problems: [] })),
      observe: () => Promise.reject(new Error("nobody looks")),
      onChange: () => {},
      close: () => Promise.resolve(),
    },
    gate: {
      holdsUp: (vip) => vip !== webC,
      open(vips, told) {
        for (const vip of vips) asked.set(vip, (problem) => told(vip, problem));
        return { withdraw: (vip) => void (asked.delete(vip), done.push(`withdraw ${vip}`)) };
      },
    },
    submit(event) {
      events.push(event);
      if (event.kind === "clockTicked") after.tick();
    },
    fail: (error) => {
      throw error;
    },
  });
  return {
    work,
    done,
    events,
    after,
    say: (vip: VipName, problem: string | null = null) => asked.get(vip)?.(problem),
  };
}

Deno.test("a VIP that has to wait is added when it may be, others at once", () => {
  const { work, done, say } = scene();
  work.add([webA, webC]);
  deepEqual(done, ["add web-c"]);
  say(webA);
  deepEqual(done, ["add web-c", "add web-a"]);
});

Deno.test("renewals never wait, neither of what came at once nor of what has waited, while another one waits", () => {
  const { work, done, say } = scene();
  work.add([webA, webC]);
  say(webA);
  work.add([webB]);
  work.add([webA, webC]);
  deepEqual(done, ["add web-c", "add web-a", "add web-a web-c"]);
});

Deno.test("a VIP that is removed while it waits is never added", async () => {
  const { work, done, say } = scene();
  work.add([webA, webB]);
  work.remove([webA]);
  say(webA);
  say(webB);
  await turn();
  deepEqual(done, ["withdraw web-a", "remove web-a", "add web-b"]);
});

Deno.test("a VIP that was removed waits again when it comes again", () => {
  const { work, done, say } = scene();
  work.add([webA]);
  say(webA);
  work.remove([webA]);
  work.add([webA]);
  deepEqual(done, ["add web-a", "remove web-a"]);
});

Deno.test("the node is woken before anything is added, and nothing is that it then gives up", () => {
  const { work, done, events, after, say } = scene();
  work.add([webA]);
  after.tick = () => work.remove([webA]);
  say(webA);
  deepEqual(events.slice(0, 1), [{ kind: "clockTicked" }]);
  deepEqual(done, ["withdraw web-a", "remove web-a"]);
});

Deno.test("a VIP that must not come is told as one that could not be added", async () => {
  const { work, done, events, say } = scene();
  work.add([webA]);
  say(webA, "its hook failed");
  await turn();
  deepEqual(done, []);
  deepEqual(events.at(-1), {
    kind: "addressesAddFailed",
    problems: [{ vip: webA, problem: "its hook failed" }],
  });
});

Deno.test("many that come through the gate one by one are added together", async () => {
  const { work, done, say } = scene();
  const vips = Array.from({ length: 50 }, (_, at) => vipName(`vip-${at}`));
  work.add([webA, ...vips]);
  vips.forEach((vip) => say(vip));
  await turn();
  await turn();
  equal(done.length, 1);
  equal(done[0], `add ${vips.join(" ")}`);
});

Deno.test("nothing is added after the end", async () => {
  const { work, done, say } = scene();
  work.add([webA, webB]);
  say(webA);
  work.end();
  say(webB);
  await turn();
  deepEqual(done, ["withdraw web-a", "withdraw web-b"]);
});
