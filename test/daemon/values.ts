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
  type VipName,
  vipName,
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
    { name: webA, prefer: [], hosts, handover: "exclusive" },
    { name: webB, prefer: [], hosts, handover: "exclusive" },
    { name: webC, prefer: [], hosts: [test02], handover: "exclusive" },
  ],
  balance: { movesPerRound: "all", interval: duration(4000) },
};

const host = (name: HostName): HostStatus => ({
  host: name,
  state: "member",
  draining: false,
  mature: true,
  sameConfiguration: true,
  silentFor: duration(name === test00 ? 0 : 40),
  vips: 1,
});

const vip = (name: VipName, holder: HostName): VipStatus => ({
  vip: name,
  holder,
  state: "held",
  since: instant(10_000),
  reason: "unheld",
  here: holder === test00 ? "held" : "absent",
  problem: null,
});

/** Every host is a member, every VIP is held, as test00 tells it. */
export const healthy: NodeStatus = {
  host: test00,
  incarnation: incarnation(0xabc),
  phase: "running",
  mature: true,
  draining: null,
  hasWishes: false,
  view: {
    number: viewNumber(12),
    coordinator: test00,
    members: hosts.map((name, place) => ({ host: name, incarnation: incarnation(place + 1) })),
  },
  hosts: hosts.map(host),
  vips: [vip(webA, test00), vip(webB, test01), vip(webC, test02)],
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
