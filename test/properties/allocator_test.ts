// What holds of every allocation, tried on small random groups; and the allocator against the slow one.

import assert from "node:assert/strict";
import { fc } from "../support/property.ts";
import { allocate, type AllocationInput, type Candidate, isUnbalanced } from "../../src/core/allocator.ts";
import type { Allotment, Wish } from "../../src/core/message.ts";
import {
  duration,
  type HostName,
  hostName,
  type VipName,
  vipName,
  type VipSpec,
} from "../../src/core/vocabulary.ts";
import {
  combinations,
  eligibleHosts,
  fitHosts,
  judge,
  judgeBalanced,
  keepersOf,
  unevenness,
} from "../core/slow_allocator.ts";
import { moveReasons } from "../core/move_reasons.ts";
import { addressNamed } from "../support/vip_address.ts";

const hostNames = ["h1", "h2", "h3", "h4"].map(hostName);
const vipNames = ["v1", "v2", "v3", "v4", "v5"].map(vipName);
const rounding = 1e-9;

const someHosts = fc.subarray(hostNames);
const someVips = fc.subarray(vipNames);
const seldom = fc.integer({ min: 0, max: 4 }).map((n) => n === 0);
const none = fc.constant<HostName[]>([]);
const weight = fc.constantFrom(1, 1, 1, 2, 3, 0.1);

const vipSpec = (name: VipName): fc.Arbitrary<VipSpec> =>
  fc.record({
    hosts: fc.oneof(fc.constant(hostNames), fc.subarray(hostNames, { minLength: 1 })),
    prefer: fc.oneof(none, none, fc.shuffledSubarray(hostNames)),
  }).map(({ hosts, prefer }) => ({
    name,
    addresses: [addressNamed(name)],
    hosts,
    prefer: prefer.filter((host) => hosts.includes(host)),
    handover: "exclusive",
    takeover: "at-once",
    foreignHolder: "defend",
  }));

const candidate = (host: Candidate["host"]): fc.Arbitrary<Candidate> =>
  someVips.chain((held) =>
    fc.record({
      host: fc.constant(host),
      weight,
      draining: seldom,
      damped: seldom,
      held: fc.tuple(...held.map((vip) =>
        fc.record({
          vip: fc.constant(vip),
          reason: fc.constantFrom(...moveReasons),
          age: fc.integer({ min: 0, max: 3 }).map(duration),
        })
      )),
      releasing: fc.oneof(fc.constant([]), fc.subarray(held)),
      unable: fc.oneof(fc.constant([]), someVips),
      unfit: fc.oneof(fc.constant([]), fc.constant([]), someVips, fc.constant("all" as const)),
    })
  );

const wish: fc.Arbitrary<Wish> = fc.oneof(
  fc.record({
    kind: fc.constant("move" as const),
    vip: fc.constantFrom(...vipNames),
    to: fc.constantFrom(...hostNames),
  }),
  fc.constant({ kind: "balance" as const }),
);

/** Any group, also one in the middle of merges, moves and failures. */
const anyInput: fc.Arbitrary<AllocationInput> = fc.record({
  vips: someVips.chain((names) => fc.tuple(...names.map(vipSpec))),
  candidates: someHosts.chain((hosts) => fc.tuple(...hosts.map(candidate))),
  wishes: fc.oneof(fc.constant([]), fc.array(wish, { maxLength: 3 })),
  previous: fc.dictionary(fc.constantFrom(...vipNames), fc.constantFrom(...hostNames))
    .map((holders) => new Map(Object.entries(holders).map(([vip, host]) => [vipName(vip), host]))),
  balanceMovesMax: fc.constantFrom(0, 0, 1, 2, Infinity),
});

/** A group in which every VIP may be anywhere, and each is held by at most one. */
const freeInput: fc.Arbitrary<AllocationInput> = fc.record({
  weights: fc.array(weight, { minLength: 1, maxLength: hostNames.length }),
  holders: fc.array(fc.option(fc.nat(hostNames.length - 1)), { minLength: 0, maxLength: vipNames.length }),
}).map(({ weights, holders }) => ({
  vips: vipNames.slice(0, holders.length).map((name) => ({
    name,
    addresses: [addressNamed(name)],
    hosts: hostNames,
    prefer: [],
    handover: "exclusive",
    takeover: "at-once",
    foreignHolder: "defend",
  })),
  candidates: weights.map((weight, h) => ({
    host: hostNames[h] ?? hostName("none"),
    weight,
    draining: false,
    damped: false,
    held: vipNames.filter((_, v) => holders[v] === h)
      .map((vip) => ({ vip, reason: "unheld" as const, age: duration(7) })),
    releasing: [],
    unable: [],
    unfit: [],
  })),
  wishes: [],
  previous: new Map(),
  balanceMovesMax: Infinity,
}));

/** The group after everybody has carried the allocation out. */
const afterwards = (input: AllocationInput, allocation: readonly Allotment[]): AllocationInput => ({
  ...input,
  candidates: input.candidates.map((candidate) => ({
    ...candidate,
    held: allocation.filter(({ holder }) => holder === candidate.host)
      .map(({ vip, reason, age }) => ({ vip, reason, age: duration(age + 1) })),
    releasing: [],
  })),
  wishes: [],
  previous: new Map(allocation.map(({ vip, holder }) => [vip, holder])),
});

const holdersOf = (allocation: readonly Allotment[]) => allocation.map(({ vip, holder }) => [vip, holder]);

const vipsOn = (allocation: readonly Allotment[], { host }: Candidate) =>
  allocation.filter(({ holder }) => holder === host).length;

const specOf = (input: AllocationInput, { vip }: Allotment): VipSpec => {
  const spec = input.vips.find(({ name }) => name === vip);
  assert(spec, `${vip} is in the input`);
  return spec;
};

function always(statement: string, property: fc.IProperty<unknown[]>): void {
  Deno.test(statement, () => fc.assert(property, { numRuns: 1500 }));
}

always(
  "allocate() gives every VIP that anybody can hold one eligible holder, and nothing else to anybody",
  fc.property(anyInput, (input) => {
    const allocation = allocate(input);
    const holdable = input.vips.filter((vip) => eligibleHosts(input, vip).length > 0);
    assert.deepEqual(allocation.map(({ vip }) => vip), holdable.map(({ name }) => name));
    for (const each of allocation) {
      const eligible = eligibleHosts(input, specOf(input, each));
      const isWished = input.wishes.some((wish) => wish.kind === "move" && wish.to === each.holder);
      const allowed = isWished ? fitHosts(input, specOf(input, each)) : eligible;
      assert(allowed.some(({ host }) => host === each.holder));
    }
  }),
);

always(
  "allocate() without balancing does what the slow allocator allows, as evenly as that can be done",
  fc.property(anyInput, (input) => {
    const plain = { ...input, balanceMovesMax: 0 };
    assertAllowed(plain, allocate(plain), judge(plain));
  }),
);

always(
  "allocate() in an unbounded balance round does what the slow allocator allows, as evenly as that can be done",
  fc.property(anyInput, (input) => {
    const round = { ...input, balanceMovesMax: Infinity };
    assertAllowed(round, allocate(round), judgeBalanced(round));
  }),
);

function assertAllowed(
  input: AllocationInput,
  allocation: readonly Allotment[],
  { allowed, leastUnevenness }: ReturnType<typeof judge>,
): void {
  assert.deepEqual(allocation.map(({ vip }) => vip), [...allowed.keys()]);
  for (const each of allocation) {
    const same = allowed.get(each.vip)?.find(({ holder }) => holder === each.holder);
    assert.deepEqual(each, same);
  }
  assert(unevenness(input, allocation) <= leastUnevenness + rounding);
}

always(
  "allocate() in a bounded balance round moves no more VIPs than allowed, and never makes the loads less even",
  fc.property(anyInput, fc.integer({ min: 1, max: 3 }), (input, balanceMovesMax) => {
    const before = allocate({ ...input, balanceMovesMax: 0 });
    const round = allocate({ ...input, balanceMovesMax });
    const moved = round.filter(({ holder }, i) => holder !== before[i]?.holder);
    assert(moved.length <= balanceMovesMax);
    const gain = unevenness(input, before) - unevenness(input, round);
    assert(moved.length === 0 ? Math.abs(gain) < rounding : gain > 0);
  }),
);

always(
  "isUnbalanced() says whether a balance round would move anything",
  fc.property(anyInput, (input) => {
    const before = allocate({ ...input, balanceMovesMax: 0 });
    const differs = JSON.stringify(holdersOf(before)) !== JSON.stringify(holdersOf(allocate(input)));
    assert.equal(isUnbalanced(input), differs);
  }),
);

always(
  "allocate() in as many bounded balance rounds as it takes comes to rest, and never returns to a former allocation",
  fc.property(freeInput, (input) => {
    let round = { ...input, balanceMovesMax: 1 };
    const seen = new Set<string>();
    while (isUnbalanced(round)) {
      const allocation = allocate(round);
      const picture = JSON.stringify(holdersOf(allocation));
      assert(!seen.has(picture));
      seen.add(picture);
      round = afterwards(round, allocation);
    }
    assertEven(round, allocate(round));
  }),
);

always(
  "allocate() ends within one VIP, weighted, when every VIP may be anywhere",
  fc.property(freeInput, (input) => assertEven(input, allocate(input))),
);

function assertEven(input: AllocationInput, allocation: readonly Allotment[]): void {
  for (const giver of input.candidates) {
    for (const receiver of input.candidates) {
      if (giver === receiver) continue;
      assert(
        vipsOn(allocation, giver) / giver.weight <= (vipsOn(allocation, receiver) + 1) / receiver.weight,
      );
    }
  }
}

always(
  "allocate() evens out with as few moves as can be when every VIP may be anywhere",
  fc.property(freeInput, (input) => {
    const { allowed, leastUnevenness } = judgeBalanced(input);
    const isKept = ({ vip, holder }: Allotment) =>
      input.candidates.some(({ host, held }) => host === holder && held.some((each) => each.vip === vip));
    let most = 0;
    for (const allocation of combinations([...allowed.values()])) {
      if (unevenness(input, allocation) > leastUnevenness + rounding) continue;
      most = Math.max(most, allocation.filter(isKept).length);
    }
    assert.equal(allocate(input).filter(isKept).length, most);
  }),
);

always(
  "allocate() of what it has allocated changes nothing, and a balance round after an unbounded one moves nothing",
  fc.property(anyInput, (input) => {
    const once = allocate({ ...input, balanceMovesMax: Infinity });
    const next = { ...afterwards(input, once), balanceMovesMax: Infinity };
    const twice = allocate(next);
    assert.deepEqual(holdersOf(twice), holdersOf(once));
    assert.deepEqual(twice.map(({ reason }) => reason), once.map(({ reason }) => reason));
    assert(twice.every(({ from }) => from.length === 0));
    assert(!isUnbalanced(next));
  }),
);

always(
  "allocate() moves only VIPs that lost their holder when a host goes",
  fc.property(anyInput, fc.nat(), (input, nth) => {
    const settled = { ...afterwards(input, allocate(input)), balanceMovesMax: 0 };
    fc.pre(settled.candidates.length > 0);
    const gone = settled.candidates[nth % settled.candidates.length]?.host;
    const left = { ...settled, candidates: settled.candidates.filter(({ host }) => host !== gone) };
    const before = new Map(allocate(settled).map((each) => [each.vip, each.holder]));
    for (const each of allocate(left)) {
      if (before.get(each.vip) !== gone) assert.equal(each.holder, before.get(each.vip));
      else assert.equal(each.reason, "holderGone");
    }
  }),
);

always(
  "allocate() moves to a host that comes only what prefers it or what nobody could hold",
  fc.property(anyInput, fc.nat(), (input, nth) => {
    const full = { ...input, balanceMovesMax: 0, wishes: [] };
    fc.pre(full.candidates.length > 0);
    const came = full.candidates[nth % full.candidates.length]?.host;
    const without = { ...full, candidates: full.candidates.filter(({ host }) => host !== came) };
    const settled = afterwards(without, allocate(without));
    const newcomers = full.candidates.filter(({ host }) => host === came)
      .map((each) => ({ ...each, held: [], releasing: [] }));
    const joined = {
      ...settled,
      candidates: [...settled.candidates, ...newcomers].sort((a, b) => (a.host < b.host ? -1 : 1)),
    };
    const before = new Map(allocate(settled).map((each) => [each.vip, each.holder]));
    for (const each of allocate(joined)) {
      if (each.holder === before.get(each.vip)) continue;
      assert.equal(each.holder, came);
      assert(
        each.reason === "preferred" || each.reason === "unhealthy" || !before.has(each.vip),
      );
    }
  }),
);

always(
  "allocate() leaves nothing on a host that drains",
  fc.property(anyInput, (input) => {
    const draining = input.candidates.filter((candidate) => candidate.draining).map(({ host }) => host);
    for (const { holder } of allocate(input)) assert(!draining.includes(holder));
  }),
);

always(
  "allocate() keeps what an operator moved where it is, whatever is preferred and however uneven the loads are",
  fc.property(anyInput, (input) => {
    const unasked = { ...input, wishes: [] };
    for (const each of allocate(unasked)) {
      const spec = specOf(unasked, each);
      const pinned = keepersOf(unasked, spec)
        .filter(({ held }) => held.some(({ vip, reason }) => vip === each.vip && reason === "operator"));
      if (pinned.length === 0) continue;
      assert(pinned.some(({ host }) => host === each.holder));
      assert.equal(each.reason, "operator");
    }
  }),
);

always(
  "allocate() gives the same to members and VIPs that are listed in another way",
  fc.property(anyInput, (input) => {
    const copy = structuredClone(input);
    const relisted = {
      ...copy,
      candidates: copy.candidates.map((each) => ({
        ...each,
        held: each.held.toReversed(),
        unable: each.unable.toReversed(),
        releasing: each.releasing.toReversed(),
      })),
      previous: new Map([...copy.previous].reverse()),
    };
    assert.deepEqual(allocate(relisted), allocate(input));
  }),
);
