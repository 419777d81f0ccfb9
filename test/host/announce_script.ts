// Run inside a network namespace: announces the VIPs of the options (JSON, the one argument) as often as asked for,
// and prints how many milliseconds each call took. Ends when its standard input does.

import { type AnnouncerOptions, openAnnouncer } from "../../src/host/announcer.ts";
import { openPacketSocket } from "../../src/host/packet_socket.ts";

const { times, lastsMs, adoptTargets, neighbours, ...options } = JSON.parse(Deno.args[0] ?? "") as
  & Omit<AnnouncerOptions, "isHere" | "neighbours" | "hosts" | "ip" | "packetSocket">
  & {
    /** Collected, and on every interface; none: neighbours are not collected. */
    readonly neighbours?: readonly string[];
    readonly times: number;
    /** How long what waits for its turn may take. */
    readonly lastsMs: number;
    /** The targets of another configuration, which is gone by from then on. */
    readonly adoptTargets?: AnnouncerOptions["targets"];
  };
const outcome = openAnnouncer({
  ...options,
  neighbours: {
    on: ({ family }) => neighbours?.filter((each) => each.includes(":") === (family === 6)) ?? [],
    throttle: () => neighbours === undefined ? null : 128,
  },
  hosts: new Map(),
  ip: "ip",
  packetSocket: openPacketSocket(),
  isHere: () => true,
});
if (outcome.kind === "problem") throw new Error(outcome.problem);

for (let time = 0; time < times; time += 1) {
  const start = performance.now();
  outcome.announcer.announce(options.vips.map(({ vip }) => vip), { isFirst: time === 0 });
  console.log(`${outcome.means} ${(performance.now() - start).toFixed(2)}`);
}
if (adoptTargets !== undefined) {
  outcome.announcer.adopt({ vips: options.vips, targets: adoptTargets, hosts: new Map() });
}
await Deno.stdin.read(new Uint8Array(1));
await new Promise((over) => setTimeout(over, lastsMs));
await outcome.announcer.close();
