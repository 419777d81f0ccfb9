import assert from "node:assert/strict";
import { createPinger } from "../../src/host/pinger.ts";
import type { PlacedTarget } from "../../src/host/notifier.ts";
import { waitUntil } from "../support/wait.ts";

const from = { address: "192.168.9.109", family: 4, prefix: 32, interface: "eth0" } as const;
const block: PlacedTarget = {
  address: "192.168.8.0",
  family: 4,
  prefix: 24,
  interface: "eth0",
  throttle: 3,
  ping: true,
};
const claim = (last: number, network = 8) => ({
  address: `192.168.${network}.${last}`,
  mac: `02:00:00:00:00:0${last}`,
});

function collecting(targets: readonly PlacedTarget[]) {
  const sent: string[] = [];
  const pinger = createPinger({ targets, send: ({ target, mac }) => void sent.push(`${target} at ${mac}`) });
  return { sent, pinger };
}

Deno.test("whoever has answered and is in a target that is to be pinged is pinged where it said it is", () => {
  const { sent, pinger } = collecting([{ ...block, prefix: 25, ping: false, address: "192.168.7.0" }, block]);
  pinger.answered(from, claim(1));
  pinger.answered(from, claim(2, 7));
  pinger.answered({ ...from, interface: "eth1" }, claim(3));
  assert.deepEqual(sent, ["192.168.8.1 at 02:00:00:00:00:01"]);
  pinger.close();
});

Deno.test("no more pings are sent in a second than the throttle says; as many wait, and the rest is dropped", async () => {
  const { sent, pinger } = collecting([block]);
  for (let last = 1; last <= 9; last += 1) pinger.answered(from, claim(last));
  assert.equal(sent.length, 3);
  await waitUntil(() => sent.length > 3, { what: "the next second" });
  assert.deepEqual(sent.map((each) => each.slice(10, 11)), ["1", "2", "3", "4", "5", "6"]);
  pinger.close();
});

Deno.test("adopt() pings the new targets, and drops what waits for the old ones", () => {
  const { sent, pinger } = collecting([block]);
  for (let last = 1; last <= 5; last += 1) pinger.answered(from, claim(last));
  pinger.adopt([{ ...block, address: "192.168.7.1", prefix: 32 }]);
  pinger.answered(from, claim(8));
  pinger.answered(from, claim(1, 7));
  assert.deepEqual(sent.slice(3), ["192.168.7.1 at 02:00:00:00:00:01"]);
  pinger.close();
});
