// Values that the daemon's and the command line's tests share: a group of three hosts and three VIPs, and a healthy
// account of it that a test changes where it matters.

import type { HostStatus, NodeStatus, VipStatus } from "../../src/core/status.ts";
import {
  duration,
  type Group,
  type HostName,
  hostName,
  incarnation,
  instant,
  viewNumber,
  type VipAddress,
  type VipName,
  vipName,
  type VipSpec,
} from "../../src/core/vocabulary.ts";

export const test00: HostName = hostName("test00");
export const test01: HostName = hostName("test01");
export const test02: HostName = hostName("test02");
export const webA: VipName = vipName("web-a");
export const webB: VipName = vipName("web-b");
export const webC: VipName = vipName("web-c");

const hosts = [test00, test01, test02];

/** Of three hosts; web-c may only be on test02. */
export const group: Group = {
  name: "tudou",
  digest: "0011223344556677",
  partition: "serve",
  timing: { heartbeat: duration(100), timeout: duration(500), mature: duration(5000), lease: duration(3000) },
  hosts: hosts.map((name) => ({ name, weight: 1 })),
  vips: [
    spec(webA, { addresses: [address("192.0.2.1")] }),
    spec(webB, { addresses: [address("192.0.2.2"), address("2001:db8::2")] }),
    spec(webC, { addresses: [address("192.0.2.3")], hosts: [test02] }),
  ],
  balance: { movesPerRound: "all", interval: duration(4000) },
  refresh: null,
  settings: [{ name: "timing.timeout", value: "500ms" }],
};

/** An address on eth0. */
export function address(text: string): VipAddress {
  const isV6 = text.includes(":");
  return { address: text, family: isV6 ? 6 : 4, prefix: isV6 ? 128 : 32, interface: "eth0" };
}

/** A VIP that any host may hold, but for what is said otherwise. */
export function spec(name: VipName, change: Partial<VipSpec>): VipSpec {
  return {
    name,
    addresses: [],
    prefer: [],
    hosts,
    handover: "exclusive",
    takeover: "at-once",
    foreignHolder: "defend",
    ...change,
  };
}

const host = (name: HostName): HostStatus => ({
  host: name,
  state: "member",
  draining: false,
  mature: true,
  sameConfiguration: true,
  differences: { differences: [], more: 0 },
  damped: false,
  failing: [],
  silentFor: duration(name === test00 ? 0 : 40),
  vips: 1,
});

const vip = (name: VipName, holder: HostName): VipStatus => ({
  vip: name,
  isKnown: true,
  holder,
  state: "held",
  since: instant(10_000),
  reason: "unheld",
  here: holder === test00 ? "held" : "absent",
  problem: null,
  contender: null,
});

/** Every host is a member, every VIP is held, as test00 tells it. */
export const healthy: NodeStatus = {
  host: test00,
  incarnation: incarnation(0xabc),
  phase: "running",
  mature: true,
  draining: null,
  hasWishes: false,
  words: { asked: 0, said: 0, lost: 0 },
  view: {
    number: viewNumber(12),
    coordinator: test00,
    incarnation: incarnation(1),
    members: hosts.map((name, place) => ({ host: name, incarnation: incarnation(place + 1) })),
  },
  needed: 1,
  hosts: hosts.map(host),
  vips: [vip(webA, test00), vip(webB, test01), vip(webC, test02)],
  failedOpen: [],
  moves: [{ at: instant(10_000), vip: webA, from: test01, to: test00, reason: "operator" }],
};

/** The account with a host changed. */
export const withHost = (status: NodeStatus, name: HostName, change: Partial<HostStatus>): NodeStatus => ({
  ...status,
  hosts: status.hosts.map((each) => (each.host === name ? { ...each, ...change } : each)),
});

/** The account with a VIP changed. */
export const withVip = (status: NodeStatus, name: VipName, change: Partial<VipStatus>): NodeStatus => ({
  ...status,
  vips: status.vips.map((each) => (each.vip === name ? { ...each, ...change } : each)),
});
