// Each checker is shown a world that is right and one that is wrong.

import assert from "node:assert/strict";
import type { NodeEffect, Note } from "../../../src/core/events.ts";
import {
  duration,
  hostName,
  incarnation,
  sequence,
  type ViewId,
  viewNumber,
  vipName,
} from "../../../src/core/vocabulary.ts";
import { fakeGroup, fakeVip, fakeWorld } from "../fakes.ts";
import type { Milestone, Occurrence, World } from "../../../src/simulator/occurrence.ts";
import type { Fault } from "../../../src/simulator/plan.ts";
import { alarm } from "../../../src/simulator/checkers/alarm.ts";
import { announcements } from "../../../src/simulator/checkers/announcements.ts";
import type { Checker } from "../../../src/simulator/checkers/checker.ts";
import { evenness } from "../../../src/simulator/checkers/evenness.ts";
import { exclusive, sharedMax } from "../../../src/simulator/checkers/exclusive.ts";
import { health } from "../../../src/simulator/checkers/health.ts";
import { fence } from "../../../src/simulator/checkers/fence.ts";
import { leastMovement } from "../../../src/simulator/checkers/least_movement.ts";
import { leaving, stopMax } from "../../../src/simulator/checkers/leaving.ts";
import { maturity } from "../../../src/simulator/checkers/maturity.ts";
import { preference } from "../../../src/simulator/checkers/preference.ts";
import { rest } from "../../../src/simulator/checkers/rest.ts";
import { quorum } from "../../../src/simulator/checkers/quorum.ts";
import { settlement } from "../../../src/simulator/checkers/settlement.ts";
import { views } from "../../../src/simulator/checkers/views.ts";

const [a, b] = [hostName("a"), hostName("b")];
const v = vipName("v");
const group = fakeGroup(["a", "b"], ["v"]);
const view = (number: number, coordinator = "a"): ViewId => ({
  number: viewNumber(number),
  coordinator: hostName(coordinator),
  incarnation: incarnation(coordinator.charCodeAt(0)),
});

const appeared = (change: Partial<Occurrence & { kind: "appeared" }> = {}): Occurrence => ({
  kind: "appeared",
  host: a,
  address: v,
  vip: v,
  by: "daemon",
  asked: { view: view(3), handover: "exclusive" },
  ...change,
});
const vanished = (host: string): Occurrence => ({
  kind: "vanished",
  host: hostName(host),
  address: v,
  vip: v,
  by: "daemon",
  asked: null,
});
const milestone = (reached: Milestone): Occurrence => ({ kind: "milestone", milestone: reached });
const polled: Occurrence = { kind: "polled" };
const stepped = (
  effects: readonly NodeEffect[],
  change: Partial<Occurrence & { kind: "stepped" }> = {},
): Occurrence => ({
  kind: "stepped",
  host: a,
  event: { kind: "clockTicked" },
  effects,
  idle: duration(10),
  wait: duration(10),
  ...change,
});

function approves(checker: Checker, ...seen: readonly (readonly [Occurrence, World])[]): void {
  for (const [occurrence, world] of seen) assert.equal(checker.check(occurrence, world), null);
}

/** A checker that has approved what it has seen. */
function prepared(checker: Checker, ...seen: readonly (readonly [Occurrence, World])[]): Checker {
  approves(checker, ...seen);
  return checker;
}

function objects(checker: Checker, [occurrence, world]: readonly [Occurrence, World], what: RegExp): void {
  assert.match(checker.check(occurrence, world)?.what ?? "nothing is wrong", what);
}

const bothHave = (change: { readonly b?: object } = {}) =>
  fakeWorld(group, [
    { name: "a", has: ["v"], status: { view: [3, "ab"] } },
    { name: "b", has: ["v"], status: { view: [3, "ab"] }, ...change.b },
  ]);

Deno.test("exclusive objects when a host takes what another member of its view has", () => {
  objects(exclusive(), [appeared(), bothHave()], /a took v in view 3@a while b, in the same view/);
});

Deno.test("exclusive approves other views, dead or paused daemons, persons, overlap, and earlier commands", () => {
  approves(exclusive(), [appeared(), bothHave({ b: { status: { view: [2, "ab"] } } })]);
  approves(exclusive(), [appeared(), bothHave({ b: { daemon: "down" } })]);
  approves(exclusive(), [appeared(), bothHave({ b: { daemon: "paused" } })]);
  approves(exclusive(), [appeared(), bothHave({ b: { byPerson: ["v"] } })]);
  approves(exclusive(), [appeared({ asked: { view: view(3), handover: "overlap" } }), bothHave()]);
  approves(exclusive(), [appeared({ asked: { view: view(2), handover: "exclusive" } }), bothHave()]);
});

Deno.test("exclusive objects when two members go on sharing a VIP", () => {
  const checker = exclusive();
  const most = sharedMax(500);
  approves(checker, [polled, bothHave()], [polled, { ...bothHave(), now: most }]);
  objects(checker, [polled, { ...bothHave(), now: most + 1 }], /a and b have both had v/);
});

Deno.test("exclusive approves two members that share a VIP while commands fail on one of them", () => {
  const checker = exclusive();
  const most = sharedMax(500);
  const at = (now: number, isTroubled: boolean) => ({ ...bothHave({ b: { isTroubled } }), now });
  approves(checker, [polled, at(0, true)], [polled, at(2 * most, true)], [polled, at(3 * most, false)]);
  objects(checker, [polled, at(3 * most + 1, false)], /a and b have both had v/);
});

Deno.test("quorum objects when a host takes what another component still clings to", () => {
  const split = (releasing: string[], partition: "serve" | "quorum" = "quorum") =>
    fakeWorld(fakeGroup(["a", "b"], ["v"], { partition }), [
      { name: "a", status: { view: [3, "a"] } },
      { name: "b", has: ["v"], releasing, status: { view: [2, "ab"] } },
    ]);
  objects(quorum(), [appeared(), split([])], /a took v while b, in another component/);
  approves(quorum(), [appeared(), split(["v"])], [appeared(), split([], "serve")]);
});

Deno.test("quorum does not count what a daemon that has just started has still to find", () => {
  const starting = fakeWorld(fakeGroup(["a", "b"], ["v"], { partition: "quorum" }), [
    { name: "a", status: { view: [3, "a"] } },
    { name: "b", has: ["v"], status: { phase: "booting" } },
  ]);
  approves(quorum(), [appeared(), starting]);
});

Deno.test("quorum does not count what a command adds late while its daemon is paused", () => {
  const taken = (daemon: "running" | "paused") =>
    fakeWorld(fakeGroup(["a", "b"], ["v"], { partition: "quorum" }), [
      { name: "a", daemon, status: { view: [3, "a"] } },
      { name: "b", has: ["v"], status: { view: [4, "b"] } },
    ]);
  objects(quorum(), [appeared(), taken("running")], /was not letting go/);
  approves(quorum(), [appeared(), taken("paused")]);
});

Deno.test("quorum lets an overlapping handover begin before the old holder has installed the view", () => {
  const moving = (vip: string) =>
    fakeWorld(fakeGroup(["a", "b"], [vip], { partition: "quorum" }), [
      { name: "a", status: { view: [3, "ab"] } },
      { name: "b", has: ["v"], status: { view: [2, "ab"] } },
    ]);
  approves(quorum(), [appeared(), moving("v!")]);
  objects(quorum(), [appeared(), moving("v")], /was not letting go/);
});

const installs = (host: string, number: number): Occurrence =>
  stepped(
    [{ kind: "note", note: { kind: "viewInstalled", view: view(number), members: [], mature: true } }],
    {
      host: hostName(host),
    },
  );

Deno.test("views objects when a host's views do not go up, but for a new life", () => {
  const checker = views();
  const world = fakeWorld(group, []);
  approves(checker, [installs("a", 3), world], [installs("a", 4), world], [installs("b", 2), world]);
  objects(checker, [installs("a", 4), world], /a went from view 4 to 4@a/);
  approves(checker, [{ kind: "daemon", host: a, change: "started" }, world], [installs("a", 1), world]);
});

Deno.test("views objects when two hosts install the same view with different contents", () => {
  const world = (holder: string) =>
    fakeWorld(
      group,
      ["a", "b"].map((name) => ({ name, status: { view: [3, "ab"], vips: [fakeVip("v", holder)] } })),
    );
  const checker = views();
  approves(checker, [installs("a", 3), world("a")]);
  objects(checker, [installs("b", 3), world("b")], /a installed view 3@a.* as .*, b as /);
});

Deno.test("views objects when a coordinator says a view twice in different words", () => {
  const installMessage = {
    kind: "install",
    view: view(3),
    members: [],
    wait: duration(0),
    allocation: [],
    differing: [],
    words: [],
    failing: [],
    failedOpen: [],
    unable: [],
  } as const;
  const says = (mature: boolean): Occurrence =>
    stepped([{
      kind: "broadcast",
      sequence: sequence(1),
      message: { ...installMessage, mature },
    }]);
  const checker = views();
  approves(checker, [says(true), fakeWorld(group, [])], [says(true), fakeWorld(group, [])]);
  objects(checker, [says(false), fakeWorld(group, [])], /a sent view 3@a/);
});

const announce: NodeEffect = { kind: "announce", vips: [v], isFirst: true };
const heartbeat = stepped([{ kind: "broadcast", sequence: sequence(1), message: { kind: "farewell" } }]);

Deno.test("fence objects when a host that was paused too long speaks before its VIPs are gone", () => {
  const holding = fakeWorld(group, [{ name: "a", has: ["v"] }]);
  const late = { idle: duration(501) };
  const checker = fence({ timeoutMax: 500, bound: 5_000 });
  approves(checker, [heartbeat, holding], [stepped([{ kind: "removeAddresses", vips: [v] }], late), holding]);
  objects(checker, [heartbeat, holding], /did not run for over the timeout, has VIPs, and does "broadcast"/);
  approves(checker, [heartbeat, fakeWorld(group, [{ name: "a" }])], [heartbeat, holding]);
});

const asksToStop = stepped([], { event: { kind: "operatorRequested", request: { kind: "stop" } } });

Deno.test("leaving objects to a stop that takes too long", () => {
  const checker = leaving();
  const world = (now: number) => fakeWorld(group, [{ name: "a" }], { now });
  approves(checker, [asksToStop, world(0)], [polled, world(stopMax(500))]);
  objects(checker, [polled, world(stopMax(500) + 1)], /a does not leave/);
});

Deno.test("leaving objects to a VIP that is left behind", () => {
  const exits: Occurrence = { kind: "daemon", host: a, change: "exited" };
  approves(leaving(), [exits, fakeWorld(group, [{ name: "a", daemon: "down" }])]);
  objects(
    leaving(),
    [exits, fakeWorld(group, [{ name: "a", daemon: "down", has: ["v"] }])],
    /a left with v/,
  );
});

Deno.test("alarm objects when the node wants its alarm at once again", () => {
  const world = fakeWorld(group, []);
  approves(alarm(), [stepped([]), world], [stepped([], { wait: null }), world]);
  objects(alarm(), [stepped([], { wait: duration(0) }), world], /a wants its alarm/);
});

type Told = Parameters<typeof fakeWorld>[1][number];

/** a holds v in view 3 of a and b, and all say so. */
function settled(change: { readonly a?: Partial<Told>; readonly b?: Partial<Told> } = {}): World {
  return fakeWorld(group, [
    {
      name: "a",
      has: ["v"],
      status: { view: [3, "ab"], vips: [fakeVip("v", "a", { here: "held" })] },
      ...change.a,
    },
    { name: "b", status: { view: [3, "ab"], vips: [fakeVip("v", "a")] }, ...change.b },
  ]);
}

Deno.test("settlement approves a settled world", () => {
  approves(settlement(), [milestone("settled"), settled()], [milestone("ended"), settled()]);
});

Deno.test("settlement approves what a person put on a host without a daemon", () => {
  const view: [number, string] = [3, "a"];
  const byHand = settled({
    a: { has: ["v"], status: { view, vips: [fakeVip("v", "a", { here: "held" })] } },
    b: { daemon: "down", has: ["v"], byPerson: ["v"] },
  });
  approves(settlement(), [milestone("settled"), byHand]);
});

Deno.test("settlement approves a world that had settled before a balance round began", () => {
  const busy = settled({ b: { status: { view: [4, "ab"] } } });
  const checker = settlement();
  approves(checker, [milestone("healed"), busy], [polled, settled()], [milestone("settled"), busy]);
  objects(checker, [milestone("quiet"), busy], /different views/);
});

const unsettledWorlds: readonly (readonly [string, World, RegExp])[] = [
  ["nobody has the VIP", settled({ a: { has: [] } }), /"v" is on nobody/],
  ["two have it", settled({ b: { has: ["v"], status: { view: [3, "ab"] } } }), /"v" is on a and b/],
  ["a dead host has it too", settled({ b: { daemon: "down", has: ["v"] } }), /members|on a and b/],
  ["a host has another view", settled({ b: { status: { view: [4, "ab"] } } }), /different views/],
  [
    "a view lacks a host",
    settled({ b: { status: { view: [3, "b"] } } }),
    /has the members b#98, but a#97 b#98 run/,
  ],
  ["a host is fenced", settled({ b: { status: { phase: "fenced", view: null } } }), /b is fenced/],
  [
    "a status names another",
    settled({ b: { status: { view: [3, "ab"], vips: [fakeVip("v", "b")] } } }),
    /b tells of b/,
  ],
  [
    "a drained host keeps it",
    settled({
      a: { has: ["v"], status: { view: [3, "ab"], draining: "x", vips: [] } },
      b: { status: { view: [3, "ab"], draining: "x", vips: [] } },
    }),
    /"v" is on a, with 0 hosts/,
  ],
];

for (const [what, world, message] of unsettledWorlds) {
  Deno.test(`settlement objects when ${what}`, () =>
    objects(settlement(), [milestone("settled"), world], message));
}

Deno.test("settlement objects when a host holds a VIP and fails a check of it, while another is well", () => {
  const failing = (a: readonly string[], b: readonly string[], change: object = {}) =>
    settled({ a: { unfitFor: a }, b: { unfitFor: b, ...change } });
  objects(
    settlement(),
    [milestone("settled"), failing(["v"], [])],
    /"v" is on a, which fails .* and b is well/,
  );
  approves(settlement(), [milestone("settled"), failing(["w"], [])]);
  approves(settlement(), [milestone("settled"), failing(["v"], ["v"])]);
  approves(settlement(), [milestone("settled"), failing([], ["v"])]);
});

Deno.test("health objects when a VIP that no host is fit for goes elsewhere, and nothing else has happened", () => {
  const fault: Fault = {
    kind: "unhealthy",
    at: 5_001,
    hosts: [a, b],
    check: "web",
    vips: null,
    lasts: 9_000,
  };
  const began: Occurrence = { kind: "faultBegan", fault };
  const resting: readonly [Occurrence, World] = [polled, { ...settled(), now: 5_000 }];
  const unfit = settled({ a: { unfitFor: ["v"] }, b: { unfitFor: ["v"] } });
  const fit = settled({ a: { unfitFor: ["v"] } });
  const checker = () => health({ restFor: 1_500 });
  const moved: readonly [Occurrence, World] = [appeared({ host: b }), unfit];
  objects(prepared(checker(), resting, [began, unfit]), moved, /"v" came to b, though no host is fit for it/);
  approves(checker(), resting, [began, fit], [appeared({ host: b }), fit]);
  approves(checker(), [began, unfit], moved);
  const dies: Occurrence = { kind: "daemon", host: a, change: "killed" };
  approves(checker(), resting, [began, unfit], [dies, unfit], moved);
});

Deno.test("settlement objects to VIPs without a majority", () => {
  const strict = fakeGroup(["a", "b", "c"], ["v"], { partition: "quorum" });
  const lenient = { ...strict, partition: "serve" as const };
  const minority = (has: string[], group = strict) =>
    fakeWorld(strict, [
      { name: "a", has, group, status: { view: [1, "a"], vips: [fakeVip("v", "a", { here: "held" })] } },
      { name: "b", daemon: "down" },
      { name: "c", daemon: "down" },
    ]);
  approves(settlement(), [milestone("settled"), minority([])]);
  objects(settlement(), [milestone("settled"), minority(["v"])], /v is on a though there is no majority/);
  approves(settlement(), [milestone("settled"), minority(["v"], lenient)]);
});

/** A group whose file had "v" under another name, and one VIP more. */
const older = fakeGroup(["a", "b"], ["former", "gone"]);
const renamed = {
  ...older,
  vips: older.vips.map((vip) =>
    vip.name === "former" ? { ...vip, addresses: group.vips[0]?.addresses ?? [] } : vip
  ),
};

Deno.test("settlement objects to an address that no file has any more", () => {
  const world = settled({ a: { has: ["v", "gone"] } });
  objects(
    settlement(),
    [milestone("settled"), { ...world, addresses: ["v", "gone"] }],
    /gone is on a, though nobody/,
  );
});

Deno.test("settlement wants one holder of an address that two files name differently, and one of what one file has", () => {
  const mixed = (has: { readonly a: readonly string[]; readonly b: readonly string[] }) =>
    fakeWorld(group, [
      { name: "a", has: has.a, status: { view: [3, "ab"] } },
      { name: "b", has: has.b, group: renamed, status: { view: [3, "ab"] } },
    ]);
  approves(settlement(), [milestone("settled"), mixed({ a: ["v"], b: ["gone"] })]);
  objects(settlement(), [milestone("settled"), mixed({ a: ["v"], b: ["v", "gone"] })], /v is on a and b/);
  objects(settlement(), [milestone("settled"), mixed({ a: [], b: ["gone"] })], /is held by nobody/);
  objects(settlement(), [milestone("settled"), mixed({ a: ["v"], b: [] })], /"gone" is held by nobody/);
});

Deno.test("announcements objects when the holder has not announced after the last change", () => {
  const checker = announcements();
  const at = (now: number) => ({ ...settled(), now });
  approves(checker, [appeared(), at(1)], [stepped([announce]), at(2)], [milestone("quiet"), at(3)]);
  approves(checker, [vanished("b"), at(4)]);
  objects(
    checker,
    [milestone("ended"), at(5)],
    /a holds v and announced it at 2.000, not after the change on b at 4.000/,
  );
});

Deno.test("announcements need not follow when a late renewal brings back what the lease took", () => {
  const checker = announcements();
  const at = (now: number) => ({ ...settled(), now });
  approves(checker, [vanished("b"), at(1)], [stepped([announce]), at(2)]);
  approves(checker, [{ ...vanished("a"), by: "lease" } as Occurrence, at(3)], [appeared(), at(4)]);
  approves(checker, [milestone("ended"), at(5)]);
  // Unless another host has had it meanwhile.
  approves(checker, [{ ...vanished("a"), by: "lease" } as Occurrence, at(6)], [appeared({ host: b }), at(7)]);
  approves(checker, [vanished("b"), at(8)], [appeared(), at(9)]);
  objects(checker, [milestone("ended"), at(10)], /announced it at 2.000, not after the change on a at 9.000/);
});

Deno.test("announcements do not need to answer what a person put and what was removed of it", () => {
  const checker = announcements();
  const byPerson = appeared({ host: b, by: "person" });
  approves(checker, [byPerson, settled()], [vanished("b"), settled()], [milestone("ended"), settled()]);
});

Deno.test("leastMovement objects to a move after the group has settled, unless it is balance, and not back", () => {
  const world = settled();
  const tells = (to: string, reason: "balance" | "preferred"): Occurrence =>
    stepped([{ kind: "note", note: { kind: "vipMoved", vip: v, from: null, to: hostName(to), reason } }]);
  const checker = leastMovement();
  approves(checker, [tells("a", "preferred"), world], [appeared(), world], [milestone("calm"), world]);
  objects(checker, [appeared(), world], /because of "preferred" after the group had settled/);
  approves(checker, [tells("b", "balance"), world], [vanished("a"), world], [appeared({ host: b }), world]);
  approves(checker, [tells("a", "balance"), world]);
  objects(checker, [appeared(), world], /Balance brought "v" back to a/);
});

Deno.test("leastMovement objects to any move when all should be quiet", () => {
  const checker = leastMovement();
  approves(checker, [milestone("quiet"), settled()]);
  objects(checker, [appeared(), settled()], /v appeared on a, when nothing was to move/);
  approves(checker, [appeared({ vip: null }), settled()]);
});

Deno.test("evenness objects when one host has two VIPs more than another", () => {
  const loaded = (has: string[], vips: readonly string[], draining: string | null = null) =>
    fakeWorld(fakeGroup(["a", "b"], vips), [{ name: "a", has }, { name: "b", status: { draining } }]);
  objects(
    evenness(),
    [milestone("ended"), loaded(["v", "w"], ["v", "w"])],
    /a has 2 VIPs at weight 1, b has 0/,
  );
  approves(evenness(), [milestone("ended"), loaded(["v"], ["v"])]);
  approves(evenness(), [milestone("ended"), loaded(["v", "w"], ["v", "w"], "maintenance")]);
});

Deno.test("evenness says nothing of loads while a host fails a check", () => {
  const world = (unfitFor: readonly string[]) =>
    fakeWorld(fakeGroup(["a", "b"], ["v", "w"]), [{ name: "a", has: ["v", "w"] }, { name: "b", unfitFor }]);
  approves(evenness(), [milestone("ended"), world(["v"])]);
  objects(evenness(), [milestone("ended"), world([])], /a has 2 VIPs/);
});

Deno.test("rest objects to a view that is proposed, and to many words, when all is quiet", () => {
  const world = fakeWorld(fakeGroup(["a", "b"], ["v"]), [{ name: "a" }, { name: "b" }]);
  const at = (now: number) => ({ ...world, now });
  const proposes = stepped([{
    kind: "note",
    note: { kind: "viewProposed", view: view(7), members: [] },
  }]);
  approves(rest(), [proposes, at(1)], [milestone("quiet"), at(2)]);
  const checker = rest();
  approves(checker, [milestone("quiet"), at(1)]);
  objects(checker, [proposes, at(2)], /a proposed view 7 when nothing was to change/);
  const ofHearing: readonly Note[] = [
    { kind: "hostHeard", host: b },
    { kind: "hostRestarted", host: b },
    { kind: "hostDisputed", host: b },
    { kind: "hostSilent", host: b, silentFor: duration(500) },
    { kind: "hostCalm", host: b },
  ];
  for (const note of ofHearing) {
    const heard = stepped([{ kind: "note", note }]);
    approves(rest(), [milestone("quiet"), at(1)], [heard, at(2)], [proposes, at(3)]);
  }
  const talked = (count: number) => {
    const checker = rest();
    approves(checker, [milestone("quiet"), at(0)]);
    for (let word = 0; word < count; word++) approves(checker, [heartbeat, at(10)]);
    return checker;
  };
  approves(talked(12), [milestone("ended"), at(1_000)]);
  objects(talked(15), [milestone("ended"), at(1_000)], /a sent 15 messages where 11 heartbeats were due/);
});

Deno.test("maturity objects to VIPs of a group in which nobody is mature and not everybody is there", () => {
  const bounds = { mature: 5_000, hostsCount: 3 };
  const at = (now: number) => fakeWorld(fakeGroup(["a", "b", "c"], ["v"]), [], { now });
  const born = (host: string, life: number): NodeEffect => ({
    kind: "note",
    note: { kind: "started", host: hostName(host), incarnation: incarnation(life) },
  });
  const installed = (members: string, isMature = true): NodeEffect => ({
    kind: "note",
    note: {
      kind: "viewInstalled",
      view: view(1),
      members: [...members].map((name) => ({ host: hostName(name), incarnation: incarnation(1) })),
      mature: isMature,
    },
  });
  const [starts, adds] = [stepped([born("a", 1)]), stepped([{ kind: "addAddresses", vips: [v] }])];
  const early: readonly [Occurrence, World] = [stepped([installed("ab")]), at(4_999)];
  objects(prepared(maturity(bounds), [starts, at(0)]), early, /a takes its view of a, b for mature/);
  approves(maturity(bounds), [starts, at(0)], [stepped([installed("ab")]), at(5_000)]);
  approves(maturity(bounds), [starts, at(0)], [stepped([installed("abc")]), at(1)], [adds, at(1)]);
  // Whoever was in a mature group is mature.
  approves(maturity(bounds), [starts, at(0)], [stepped([installed("abc")]), at(1)], early);
  const jump: Occurrence = { kind: "faultBegan", fault: { kind: "clockJump", at: 1, host: a, by: 5_000 } };
  approves(maturity(bounds), [starts, at(0)], [jump, at(1)], [stepped([installed("ab")]), at(1)]);
  const alone = prepared(maturity(bounds), [stepped([installed("ab", false)]), at(1)]);
  objects(alone, [adds, at(1)], /a adds VIPs in a view in which nobody is mature/);
});

Deno.test("preference objects when a VIP is not in the end on the host that it prefers", () => {
  const spec = fakeGroup(["a", "b"], ["v"]);
  const preferring = { ...spec, vips: spec.vips.map((vip) => ({ ...vip, prefer: [a] })) };
  const onB = (change: { readonly a?: object; readonly b?: object } = {}) =>
    fakeWorld(preferring, [{ name: "a", ...change.a }, { name: "b", has: ["v"], ...change.b }]);
  objects(preference(), [milestone("ended"), onB()], /"v" is on b in the end, though it prefers a/);
  approves(preference(), [milestone("quiet"), onB()]);
  approves(preference(), [milestone("ended"), onB({ a: { daemon: "down" } })]);
  // Somebody put it there; nobody is there to take it off.
  approves(preference(), [milestone("ended"), onB({ b: { daemon: "down" } })]);
  approves(preference(), [milestone("ended"), onB({ a: { status: { draining: "maintenance" } } })]);
  const unable = { status: { vips: [fakeVip("w", null, { problem: "no such device" })] } };
  approves(preference(), [milestone("ended"), onB({ a: unable })]);
  const placed = { status: { vips: [fakeVip("v", "b", { reason: "operator" })] } };
  approves(preference(), [milestone("ended"), onB({ b: placed })]);
  approves(preference(), [milestone("ended"), onB({ b: { group: spec } })]);
  approves(preference(), [milestone("ended"), onB({ a: { unfitFor: ["v"] } })]);
  approves(preference(), [milestone("ended"), onB({ a: { unfitFor: ["v"] }, b: { unfitFor: ["v"] } })]);
});

Deno.test("fence objects when a host gives everything up though nothing has happened for long", () => {
  const fences = stepped([{ kind: "note", note: { kind: "fenced", because: "quorumLost" } }]);
  const at = (now: number, change: object = {}) =>
    fakeWorld(fakeGroup(["a", "b"], ["v"]), [{ name: "a" }, { name: "b" }], { now, ...change });
  const checker = () => fence({ timeoutMax: 500, bound: 5_000 });
  objects(checker(), [fences, at(5_001)], /a fences itself, and nothing has happened since 0 ms/);
  approves(checker(), [fences, at(5_000)], [fences, at(9_000, { undisturbedSince: 8_000 })]);
  approves(checker(), [fences, at(9_000, { isCalm: false })], [fences, at(9_000, { apart: ["ab"] })]);
});
