// What hosts tell the whole group: an operator's messages, and what operators asked for. Every member hears the
// same words in the same order (agreed order, as group communication systems call it), because views carry them:
//
//   say ──> open ──report──> coordinator ──install──> heard: in the order of the views, and within one as it lists them
//
// A host hears words only in rising order of the views that they were said in, so two hosts can never hear two words in
// different orders. What makes a word come to everybody is that reports and views repeat what somebody may have missed:
//
//   - a host that promised a view and missed its install hears its words with the next view that it installs;
//   - a word that was said in a view which its own host missed is in the report of whoever knows of it, and no coordinator
//     says it again: for others it would come after what they have heard since;
//   - a word that was reported to a coordinator may be said in a view of it, though nobody else ever hears of that view. So
//     its host keeps it back while that coordinator is not there to tell, and in the end gives it up.
//
// A host whose heartbeats show that view, or a later one, misses nothing of it any more; its own words it may have kept
// back. What was said in a view that a host never promised is not for it: it was in another part of the group then. But it
// knows of it.
//
// No view must ever be late for what is in it only for people. So a view says little at a time, and nothing new while
// members have still to hear much; what is left over is for the next view.

import { WORDS_OPEN_MAX, WORDS_SAID_MAX } from "./limits.ts";
import type { Install, Matter, NamedVips, Report, SaidWord, Word } from "./message.ts";
import { includes } from "./membership.ts";
import type { Peer } from "./suspicion.ts";
import { type Node, note, revise, type Turn, update } from "./turn.ts";
import {
  compareText,
  duration,
  elapsed,
  type HostName,
  type Instant,
  isCoordinatedBy,
  isSameMember,
  type Member,
  sameView,
  sorted,
  type ViewId,
  type VipName,
} from "./vocabulary.ts";

/** What a node keeps of words. */
export interface Words {
  /** Said by this host and not heard by it yet, oldest first. */
  readonly open: readonly Word[];
  /** How many words this host has had to say, and how many of them it has given up. */
  readonly count: number;
  readonly lost: number;
  /** Said lately, whether this host was to hear it or not, in that order. */
  readonly known: readonly KnownWord[];
  /** The views that were promised since the last one that was installed: one may have been installed by others. */
  readonly promised: readonly ViewId[];
  /** Who may have said words of this host in views that it knows nothing of. */
  readonly doubts: readonly Doubt[];
  /** By host the life whose words were heard last, and the number of the last one. */
  readonly last: ReadonlyMap<HostName, Pick<SaidWord, "by" | "number">>;
}

interface KnownWord {
  readonly word: SaidWord;
  readonly at: Instant;
  /** The members of the view that it came with. */
  readonly among: readonly Member[];
}

/** A coordinator to which words were reported, up to a number, and that has not been in a view with this host since. */
interface Doubt {
  readonly coordinator: Member;
  readonly upTo: number;
  readonly at: Instant;
}

export const noWords: Words = {
  open: [],
  count: 0,
  lost: 0,
  known: [],
  promised: [],
  doubts: [],
  last: new Map(),
};

/**
 * For so long, in timeouts, a word is repeated for a host that shows no view: whoever lives installs one sooner. For the
 * one that said it, for as long as it may live.
 */
const repeatedTimeouts = 20;
/** For so long, in timeouts, words are kept back for the sake of a coordinator that may have said them. */
const doubtTimeouts = 5;
/** A report has at most so much to say, and a view says no more that is new: one long word, or some short ones. */
const [freshBytesMax, freshMax] = [4_096, 16];
/** While members have missed more words than this, or more bytes than one view says, a view says nothing new. */
const missedMax = 16;
/** What reports and views repeat, in bytes: the newest of it, for hosts that are gone may have missed all of it. */
const repeatedBytesMax = 12_288;
/** So many promises are remembered: of older ones nothing is repeated any more. */
const promisedMax = 256;
/** So many VIPs are named in one word. */
const namedMax = 8;

/** Tells the group something with the next view, for which this asks. */
export function say(turn: Turn, matter: Matter): void {
  const { words } = turn.node;
  if (words.open.length >= WORDS_OPEN_MAX) return note(turn, { kind: "unsaid", matter, why: "tooMuch" });
  const number = words.count + 1;
  revise(turn, { words: { ...words, count: number, open: [...words.open, { number, matter }] } });
}

/** Names the first few of the VIPs. */
export function naming(vips: readonly VipName[]): NamedVips {
  const all = sorted(vips);
  return { vips: all.slice(0, namedMax), more: Math.max(0, all.length - namedMax) };
}

/** The view was promised with this report: it may be installed without this host learning of it. */
export function withPromise(
  { words, self }: Node,
  { view, report, now }: { readonly view: ViewId; readonly report: Report; readonly now: Instant },
): Words {
  const promised = [...words.promised, view].slice(-promisedMax);
  const upTo = report.words.at(-1)?.number;
  if (upTo === undefined || isCoordinatedBy(view, self)) return { ...words, promised };
  const coordinator: Member = { host: view.coordinator, incarnation: view.incarnation };
  const others = words.doubts.filter((each) => !isSameMember(each.coordinator, coordinator));
  return { ...words, promised, doubts: [...others, { coordinator, upTo, at: now }] };
}

/** What a report has to say in a view of these members. */
export function toSay({ words: { open, doubts } }: Node, members: readonly Member[]): readonly Word[] {
  const first = open.at(0)?.number ?? 0;
  // One after the other: what comes later is kept back, too.
  const isDoubtful = doubts.some(({ coordinator, upTo }) => upTo >= first && !includes(members, coordinator));
  return isDoubtful ? [] : firstFitting(open, freshBytesMax);
}

/** What a report repeats: what was said lately and somebody may have missed. */
export const saidLately = (turn: Turn): readonly SaidWord[] =>
  lastFitting(missedLately(turn).map(({ word }) => word));

function missedLately({ node, now }: Turn): readonly KnownWord[] {
  const age = duration(repeatedTimeouts * node.group.timing.timeout);
  return node.words.known.filter(({ word, at, among }) =>
    mayStillSay(node, word) ||
    (elapsed(at, now) <= age && among.some((member) => mayMiss(node, member, word)))
  );
}

/** False when the host has shown the word's view or a later one, or its life is over. */
function mayMiss({ self, view, peers }: Node, member: Member, { view: { number } }: SaidWord): boolean {
  if (member.host === self.host) return (view?.id.number ?? 0) < number;
  const peer = peers.get(member.host);
  return peer === undefined || (isSameLife(peer, member) && (peer.heartbeat?.view?.number ?? 0) < number);
}

/** False when the word's own host has shown a view that has the word, or its life is over. */
function mayStillSay({ self, view, peers, words }: Node, word: SaidWord): boolean {
  if (isSameMember(word.by, self)) return words.open.some(({ number }) => number === word.number);
  const peer = peers.get(word.by.host);
  if (peer === undefined) return true;
  const shown = peer.heartbeat?.view ?? null;
  const isShown = sameView(shown, word.view) ||
    (view !== null && sameView(shown, view.id) && view.words.some((each) => isSaidOnce(each, word)));
  return isSameLife(peer, word.by) && !isShown;
}

const isSameLife = (peer: Peer, member: Member): boolean =>
  isSameMember(peer, member) && peer.state !== "left";

/** What the view says: what its members may have missed, and then what they have to say. */
export function wordsOf(
  node: Node,
  { view, members, reports }: {
    readonly view: ViewId;
    readonly members: readonly Member[];
    readonly reports: ReadonlyMap<HostName, Report>;
  },
): readonly SaidWord[] {
  const said: SaidWord[] = [];
  for (const { host } of members) {
    for (const word of reports.get(host)?.said ?? []) {
      if (!said.some((each) => isSaidOnce(each, word))) said.push(word);
    }
  }
  // Within one view all have heard them in one order; sorting keeps it.
  said.sort((a, b) => compareViews(a.view, b.view));
  const isMissed = (word: SaidWord) => members.some((member) => mayMiss(node, member, word));
  const repeated = lastFitting(said.filter((word) => isMissed(word) || mayStillSay(node, word)));
  const missed = repeated.filter(isMissed);
  if (missed.length > missedMax || bytesOf(missed) > freshBytesMax) return repeated;
  // Each time another one comes first, so that nobody who says much keeps the others from it.
  const first = view.number % members.length;
  const fresh = [...members.slice(first), ...members.slice(0, first)].flatMap((by) =>
    (reports.get(by.host)?.words ?? []).map(({ number, matter }) => ({ number, matter, by, view }))
  ).filter((word) => !said.some((each) => isSameWord(each, word)));
  return [...repeated, ...firstFitting(fresh, freshBytesMax).slice(0, freshMax)];
}

/** Bytes of the words as they travel, about. */
const bytesOf = (words: readonly Word[]): number =>
  words.reduce((sum, { matter }) => sum + new TextEncoder().encode(JSON.stringify(matter)).length, 0);

/** The first of the words: so many as take no more bytes, but one in any case. */
function firstFitting<Kind extends Word>(words: readonly Kind[], bytesMax: number): readonly Kind[] {
  let left = bytesMax;
  const end = words.findIndex((word, at) => (left -= bytesOf([word])) < 0 && at > 0);
  return end < 0 ? words : words.slice(0, end);
}

/** The last of the words that reports and views may repeat. */
const lastFitting = (words: readonly SaidWord[]): readonly SaidWord[] =>
  firstFitting(words.toReversed(), repeatedBytesMax).slice(0, WORDS_SAID_MAX - freshMax).toReversed();

/** Hears what the view says that this host has not heard and that is for it. */
export function hearWords(turn: Turn, { view, members, words: said }: Install): void {
  const { node: { words, self }, now } = turn;
  const known = [...missedLately(turn)];
  const last = new Map(words.last);
  for (const word of said) {
    if (!known.some((each) => isSaidOnce(each.word, word))) known.push({ word, at: now, among: members });
    if (!sameView(word.view, view) && !words.promised.some((each) => sameView(each, word.view))) continue;
    const before = last.get(word.by.host);
    if (before !== undefined && isSameMember(before.by, word.by) && word.number <= before.number) continue;
    last.set(word.by.host, { by: word.by, number: word.number });
    note(turn, { kind: "said", word });
  }
  // Also what was said in another part of the group, and is not for this host any more.
  const done = Math.max(0, ...said.flatMap(({ by, number }) => isSameMember(by, self) ? [number] : []));
  const open = words.open.filter(({ number }) => number > done);
  const doubts = words.doubts.filter(({ coordinator }) => !includes(members, coordinator));
  update(turn, {
    words: { ...words, open, known: known.slice(-WORDS_SAID_MAX), promised: [], doubts, last },
  });
  // A view says only so much: what it has left out is for the next one.
  const saysAny = said.some((word) => sameView(word.view, view));
  if (saysAny && toSay(turn.node, members).length > 0) revise(turn, {});
}

/** Asks once more for a view that says what none has said, and gives up what may have been said. Called once a heartbeat. */
export function askToSay(turn: Turn): void {
  giveUpDoubtful(turn);
  const { node } = turn;
  const { view, revision } = node;
  if (view?.reportedIn === revision && toSay(node, view.members).length > 0) revise(turn, {});
}

function giveUpDoubtful(turn: Turn): void {
  const { node: { words, group, peers }, now } = turn;
  const age = duration(doubtTimeouts * group.timing.timeout);
  const over = words.doubts.filter(({ coordinator, at }) => {
    const peer = peers.get(coordinator.host);
    return elapsed(at, now) > age || (peer !== undefined && !isSameLife(peer, coordinator));
  });
  if (over.length === 0) return;
  const upTo = Math.max(...over.map((each) => each.upTo));
  for (const { number, matter } of words.open) {
    if (number <= upTo) note(turn, { kind: "unsaid", matter, why: "coordinatorLost" });
  }
  const open = words.open.filter(({ number }) => number > upTo);
  const doubts = words.doubts.filter((each) => !over.includes(each));
  update(turn, { words: { ...words, open, doubts, lost: words.lost + words.open.length - open.length } });
}

/** The same word of the same view: one may be said in two parts of a group that is split. */
const isSaidOnce = (a: SaidWord, b: SaidWord): boolean => isSameWord(a, b) && sameView(a.view, b.view);

const isSameWord = (a: SaidWord, b: SaidWord): boolean => a.number === b.number && isSameMember(a.by, b.by);

/** A host's views rise in this order. */
const compareViews = (a: ViewId, b: ViewId): number =>
  a.number - b.number || compareText(a.coordinator, b.coordinator) || a.incarnation - b.incarnation;
