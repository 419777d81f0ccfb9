// One message of each kind as a small group says it, and large ones for the questions of size.

import type { Assignment, Heartbeat, Install, Message } from "../../src/core/message.ts";
import {
  duration,
  hostName,
  incarnation,
  type Member,
  sequence,
  sorted,
  viewNumber,
  vipName,
} from "../../src/core/vocabulary.ts";

/** Named as the operator's three hosts are; incarnations are of full length, as chance makes them. */
export const membersNumbered = (count: number): readonly Member[] =>
  Array.from({ length: count }, (_, at) => ({
    host: hostName(`test${String(at).padStart(2, "0")}`),
    incarnation: incarnation(0x8a5b_0000_0000 + at * 0x1_2345),
  }));

const members = membersNumbered(3);
const view = {
  number: viewNumber(7),
  coordinator: hostName("test00"),
  incarnation: incarnation(0x8a5b_0000_0000),
};

/** After some days: sequences have grown. */
export const heartbeatOf = (hosts: number): Heartbeat => ({
  kind: "heartbeat",
  view,
  promised: view,
  follows: hostName("test00"),
  revision: 3,
  mature: true,
  draining: false,
  waits: false,
  heard: membersNumbered(hosts).slice(1).map((member, at) => ({
    ...member,
    sequence: sequence(5_000_000 + at),
    age: duration((37 * at) % 100 + 0.34),
  })),
  releasing: [],
  acquiring: [],
  digest: "5f2b8e0c9a417d36",
  timeout: duration(500),
  beat: 4_900_000,
  version: "0.1.0",
});

/** Addresses of four networks, held for some hours, on three hosts. */
export const installOf = (vips: number): Install => ({
  kind: "install",
  view,
  members,
  mature: true,
  wait: duration(0),
  allocation: sorted(
    Array.from({ length: vips }, (_, at) => vipName(`10.0.${4 + at % 4}.${1 + Math.floor(at / 4)}`)),
  )
    .map((vip, at): Assignment => ({
      vip,
      holder: hostName(`test0${at % 3}`),
      reason: "unheld",
      age: duration(40_000_000 + at),
      from: [],
      handover: "exclusive",
      unreleased: null,
    })),
  differing: [],
  words: [],
  failing: [],
  failedOpen: [],
  unable: [],
});

/** One message of each kind; a new kind does not compile until it is here. */
export const examples: { readonly [Kind in Message["kind"]]: Extract<Message, { readonly kind: Kind }> } = {
  heartbeat: {
    ...heartbeatOf(3),
    releasing: [vipName("web-a")],
    acquiring: [vipName("web-b"), vipName("web-c")],
  },
  propose: { kind: "propose", view, members, digest: "5f2b8e0c9a417d36" },
  report: {
    kind: "report",
    view,
    revision: 3,
    mature: true,
    draining: false,
    held: [
      { vip: vipName("web-a"), reason: "preferred", age: duration(1_234_567) },
      { vip: vipName("web-b"), reason: "operator", age: duration(0) },
    ],
    releasing: [vipName("web-b")],
    unable: [vipName("web-c")],
    damped: [hostName("test02")],
    vouching: [{ host: hostName("test01"), remaining: duration(480) }],
    unreleased: [{ vip: vipName("web-c"), by: null, remaining: duration(2_900), endsInSilence: false }],
    wishes: [{ kind: "move", vip: vipName("web-a"), to: hostName("test01") }, { kind: "balance" }],
    catalog: {
      partition: "serve",
      hosts: members.map(({ host }) => host),
      vips: [{
        name: vipName("web-a"),
        addresses: [{ address: "192.168.9.109", family: 4, prefix: 32, interface: "eth0" }],
        prefer: [hostName("test01")],
        hosts: members.map(({ host }) => host),
        handover: "overlap",
        takeover: "after-lease",
        foreignHolder: "yield",
      }],
      settings: [{ name: "timing.timeout", value: "800ms" }],
      former: [{
        name: vipName("web-a"),
        addresses: [{ address: "192.168.9.110", family: 4, prefix: 32, interface: "eth0" }],
      }],
    },
    words: [
      { number: 4, matter: { kind: "message", text: "reboot at noon" } },
      { number: 5, matter: { kind: "drained", reason: "disk full" } },
    ],
    said: [{
      number: 3,
      matter: { kind: "moveAsked", vip: vipName("web-a"), to: hostName("test01") },
      by: { host: hostName("test00"), incarnation: incarnation(3) },
      view,
    }],
    failing: [{ check: "web", vips: [vipName("web-a")], problem: "exit code 1" }],
  },
  install: {
    kind: "install",
    view,
    members,
    mature: true,
    wait: duration(0),
    allocation: [
      {
        vip: vipName("web-a"),
        holder: hostName("test00"),
        reason: "unheld",
        age: duration(90_000),
        from: [],
        handover: "exclusive",
        unreleased: { by: hostName("test01"), remaining: duration(412), endsInSilence: true },
      },
      {
        vip: vipName("web-b"),
        holder: hostName("test02"),
        reason: "merged",
        age: duration(0),
        from: [hostName("test00"), hostName("test01")],
        handover: "overlap",
        unreleased: null,
      },
    ],
    differing: [{
      host: hostName("test02"),
      differences: [{ name: "timing.timeout", here: "800ms", elsewhere: "500ms" }],
      more: 0,
    }],
    words: [{
      number: 9,
      matter: {
        kind: "failover",
        vips: [vipName("web-a"), vipName("web-b")],
        more: 1,
        from: hostName("test02"),
        detect: duration(480.25),
        agree: duration(3.5),
        acquire: duration(2.25),
        announce: duration(0.5),
        confirm: null,
      },
      by: { host: hostName("test01"), incarnation: incarnation(4) },
      view,
    }],
    failing: [{ host: hostName("test02"), check: "web", vips: null, problem: "exit code 1", more: 0 }],
    failedOpen: [vipName("web-b")],
    unable: [{ host: hostName("test02"), vips: [vipName("web-c")] }],
  },
  farewell: { kind: "farewell" },
  probe: { kind: "probe" },
  neighbours: {
    kind: "neighbours",
    neighbours: [
      { interface: "eth0", address: "fe80::1", age: duration(0) },
      { interface: "eth0", address: "192.168.9.50", age: duration(1_500) },
      { interface: "eth1", address: "10.0.9.7", age: duration(90_000) },
    ],
  },
};
