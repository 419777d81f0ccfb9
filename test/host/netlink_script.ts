// Run inside a network namespace with the cable's eth0, by either runtime: changes addresses as the daemon does, and prints,
// one line each, what comes of it and what the watch tells.

import {
  additionRequest,
  everyAddress,
  kernelAddressOf,
  removalRequest,
} from "../../src/codec/netlink_addresses.ts";
import { everyLink, kernelLinkOf } from "../../src/codec/netlink_links.ts";
import { parseIpAddress } from "../../src/core/ip_address.ts";
import { duration } from "../../src/core/vocabulary.ts";
import { openNetlinkRequests } from "../../src/host/netlink_requests.ts";
import { openNetlinkWatch } from "../../src/host/netlink_watch.ts";

const say = (what: string, seen: unknown) => console.log(`${what}: ${JSON.stringify(seen)}`);

const requests = openNetlinkRequests();
const watch = openNetlinkWatch();
if ("problem" in requests) throw new Error(requests.problem);
if ("problem" in watch) throw new Error(watch.problem);

let told: string[] = [];
let wanted = () => {};
watch.onNews((news) => {
  for (const each of news) {
    told.push(`${each.kind} ${"address" in each ? each.address.address : each.link.name}`);
  }
  wanted();
});

/** Says what the watch has told, when it is this many things. */
async function sayTold(count: number): Promise<void> {
  while (told.length < count) await new Promise<void>((resolve) => wanted = resolve);
  say("told", told);
  told = [];
}

const links = requests.list(everyLink(), kernelLinkOf);
say("links", links.ok ? links.value.map(({ name, carries }) => `${name} ${carries}`) : links.problem);
const index = links.ok ? links.value.find(({ name }) => name === "eth0")?.index ?? 0 : 0;
const on = (address: string, prefix: number) => ({
  index,
  bytes: parseIpAddress(address)?.bytes ?? new Uint8Array(),
  prefix,
});
const four = on("192.168.9.109", 32);
const six = on("fd00:9::110", 128);

say("add", requests.carryOut([four, six].map((each) => additionRequest(each, duration(60_000)))));
await sayTold(2);
// Stamps are of hundredths of a second.
await new Promise((resolve) => setTimeout(resolve, 50));
say("renew", requests.carryOut([four, six].map((each) => additionRequest(each, duration(50_000)))));
say("remove", requests.carryOut([four, six].map(removalRequest)));
await sayTold(2);
say("ready", true);
await sayTold(1);

const bad = Array.from({ length: 300 }, (_, at) => on(`10.3.${at >> 8}.${at & 255}`, at % 2 === 0 ? 33 : 32));
const refusals = requests.carryOut(bad.map((each) => additionRequest(each, null)));
say("refused", refusals.filter((refusal, at) => (refusal !== null) === (at % 2 === 0)).length);
const addresses = requests.list(everyAddress(), kernelAddressOf);
say("listed", addresses.ok ? addresses.value.filter(({ address }) => address.startsWith("10.3.")).length : 0);

requests.close();
watch.close();
say("closed", requests.carryOut([removalRequest(four)]));
watch.read();
