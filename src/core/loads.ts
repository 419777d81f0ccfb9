// How many VIPs does each host carry, and how is that evened out?
//
// A host's load is the number of its VIPs divided by its weight. It pays to take a VIP from one host to another when
// the receiver, with that VIP, carries less than the giver, with it, did. Where every VIP may go everywhere, such
// single moves are all there is. Where VIPs are tied to some hosts they are not enough: a heavy host may only reach
// the light one through a third, which takes one VIP and gives another on.
//
//   heavy --web-a--> full --web-b--> light        nobody but `heavy` and `light` carries more or less than before
//
// So a relief is a chain of moves. When no chain is left, no other way to place these VIPs is more even (Harvey,
// Ladner, Lovász, Tamir: Semi-matchings for bipartite graphs and load balancing, 2003). Every relief makes the loads
// strictly more even, so that relieving ends, and nothing is ever moved back.

import { assert } from "./assert.ts";
import type { HostName, VipName } from "./vocabulary.ts";

/** A host and what it carries so far. */
export interface Carrier {
  readonly host: HostName;
  readonly weight: number;
  count: number;
  /** Its load if it took one VIP more. Kept, because choosing among many hosts asks for nothing else. */
  loadWithOneMore: number;
}

/** A VIP and the host that it is with so far. */
export interface Parcel {
  readonly vip: VipName;
  holder: Carrier;
  /** How long it has been there, in milliseconds. */
  age: number;
  /** Where it may be; VIPs with the same choice should share one array, which is then looked at once. */
  readonly choice: readonly Carrier[];
}

/** Carriers, and those of their VIPs that may be moved. */
export interface Relieving {
  /** Those that may still be relieved. */
  readonly open: Set<Carrier>;
  readonly stocks: ReadonlyMap<Carrier, Stock>;
}

/** One carrier's movable VIPs by where they may go; the last of each list is the first to move. */
type Stock = Map<readonly Carrier[], Parcel[]>;

/** Moves from the heaviest carrier to one that is better off with one more than the heaviest is now. */
export type Relief = readonly Shift[];

interface Shift {
  readonly from: Carrier;
  readonly to: Carrier;
}

/** A host that carries nothing yet. */
export const createCarrier = (host: HostName, weight: number): Carrier => ({
  host,
  weight,
  count: 0,
  loadWithOneMore: 1 / weight,
});

/** Counts VIPs onto a carrier, or off it when `change` is negative. */
export function load(carrier: Carrier, change: 1 | -1): void {
  carrier.count += change;
  carrier.loadWithOneMore = (carrier.count + 1) / carrier.weight;
}

/** The carrier that would be the least loaded with one VIP more; the first of equals. Null when there is none. */
export function lightest(carriers: readonly Carrier[]): Carrier | null {
  let best: Carrier | null = null;
  for (const each of carriers) if (best === null || each.loadWithOneMore < best.loadWithOneMore) best = each;
  return best;
}

/** Makes equal choices one array. */
export function shareChoices(): (choice: readonly Carrier[]) => readonly Carrier[] {
  const known = new Map<string, readonly Carrier[]>();
  return (choice) => {
    if (choice.length < 2) return choice;
    const key = choice.map(({ host }) => host).join("\n");
    const shared = known.get(key) ?? choice;
    known.set(key, shared);
    return shared;
  };
}

/** Prepares relieving: `carriers` and `parcels` are sorted by name. */
export function startRelieving(carriers: readonly Carrier[], parcels: readonly Parcel[]): Relieving {
  const stocks = new Map(carriers.map((carrier): [Carrier, Stock] => [carrier, new Map()]));
  const movable = parcels.filter(({ choice }) => choice.length > 1);
  // What came last moves first: its clients and neighbours have had the least time to settle on it, and a VIP that
  // has rested for long goes on resting.
  for (const parcel of movable.sort((a, b) => b.age - a.age)) keepIn(stocks, parcel);
  return { open: new Set(carriers), stocks };
}

/** Evens out until nothing is left to gain, with at most `movesMax` moves. */
export function evenOut(relieving: Relieving, movesMax: number): void {
  let movesLeft = movesMax;
  for (let relief = findRelief(relieving, movesLeft); relief; relief = findRelief(relieving, movesLeft)) {
    for (const shift of relief) carryOver(relieving, shift);
    movesLeft -= relief.length;
  }
}

/** A relief of the heaviest carrier that can be relieved with at most `movesMax` moves; null when none can. */
export function findRelief({ open, stocks }: Relieving, movesMax: number): Relief | null {
  for (let giver = heaviest(open); giver !== null && movesMax > 0; giver = heaviest(open)) {
    const single = singleMove(giver, stocks.get(giver));
    if (single) return single;
    const { chain, reached } = shortestChain(giver, { open, stocks });
    if (chain && chain.length <= movesMax) return chain;
    // A chain too long for this round: whoever could be relieved through the giver would be a longer way off still.
    if (chain) open.delete(giver);
    // Nobody whom the heaviest reaches can take more, so none of them can help a lighter one either, now or later.
    else for (const carrier of reached) open.delete(carrier);
  }
  return null;
}

function heaviest(carriers: ReadonlySet<Carrier>): Carrier | null {
  let worst: Carrier | null = null;
  for (const each of carriers) if (worst === null || loadOf(each) > loadOf(worst)) worst = each;
  return worst;
}

/** The move from the giver to the lightest carrier that can take one of its VIPs; undefined when it does not pay. */
function singleMove(giver: Carrier, stock: Stock = new Map()): Relief | undefined {
  let to = giver;
  for (const choice of stock.keys()) {
    const best = lightest(choice);
    if (best !== null && (best.loadWithOneMore < to.loadWithOneMore)) to = best;
  }
  return to.loadWithOneMore < loadOf(giver) ? [{ from: giver, to }] : undefined;
}

/** The shortest chain that relieves the giver, to the lightest carrier of those that are as near. */
function shortestChain(giver: Carrier, { open, stocks }: Relieving) {
  const reached = new Map<Carrier, Carrier>([[giver, giver]]);
  const looked = new Set<readonly Carrier[]>();
  for (let nearest = [giver]; nearest.length > 0;) {
    const next = nearest.flatMap((carrier) =>
      neighboursOf(stocks.get(carrier), { carrier, open, looked, reached })
    );
    const receiver = lightest(next);
    if (receiver !== null && receiver.loadWithOneMore < loadOf(giver)) {
      return { chain: chainTo(receiver, reached), reached: [] };
    }
    nearest = next;
  }
  return { chain: null, reached: reached.keys() };
}

/** Carriers not reached before that could take a VIP out of this stock. */
function neighboursOf(stock: Stock | undefined, from: {
  readonly carrier: Carrier;
  readonly open: ReadonlySet<Carrier>;
  readonly looked: Set<readonly Carrier[]>;
  readonly reached: Map<Carrier, Carrier>;
}): Carrier[] {
  const found: Carrier[] = [];
  for (const choice of stock?.keys() ?? []) {
    if (from.reached.size === from.open.size) break;
    if (from.looked.has(choice)) continue;
    from.looked.add(choice);
    for (const to of choice) {
      if (!from.open.has(to) || from.reached.has(to)) continue;
      from.reached.set(to, from.carrier);
      found.push(to);
    }
  }
  return found;
}

function chainTo(receiver: Carrier, reached: ReadonlyMap<Carrier, Carrier>): Shift[] {
  const chain: Shift[] = [];
  let to = receiver;
  for (let from = reached.get(to); from && from !== to; from = reached.get(to)) {
    chain.push({ from, to });
    to = from;
  }
  return chain;
}

function carryOver({ stocks }: Relieving, { from, to }: Shift): void {
  const parcel = takeNewest(stocks.get(from), to);
  assert(parcel !== null, "a shift of a relief has a VIP to move");
  load(from, -1);
  load(to, 1);
  parcel.holder = to;
  parcel.age = 0;
  keepIn(stocks, parcel);
}

/** Takes out of the stock, of what may go there, what arrived last; the last by name of equals. */
function takeNewest(stock: Stock = new Map(), to: Carrier): Parcel | null {
  let newest: Parcel | null = null;
  for (const [choice, parcels] of stock) {
    const last = parcels.at(-1);
    if (last && (newest === null || isNewer(last, newest)) && choice.includes(to)) newest = last;
  }
  const alike = newest && stock.get(newest.choice);
  if (newest && alike?.pop() && alike.length === 0) stock.delete(newest.choice);
  return newest;
}

const isNewer = (a: Parcel, b: Parcel): boolean => a.age < b.age || (a.age === b.age && a.vip > b.vip);

const loadOf = (carrier: Carrier): number => carrier.count / carrier.weight;

function keepIn(stocks: ReadonlyMap<Carrier, Stock>, parcel: Parcel): void {
  const stock = stocks.get(parcel.holder);
  const alike = stock?.get(parcel.choice);
  if (alike) alike.push(parcel);
  else stock?.set(parcel.choice, [parcel]);
}
