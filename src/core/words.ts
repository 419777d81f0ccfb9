// What hosts tell the whole group: an operator's messages, and what operators asked for. Every member hears the
// same words in the same order (agreed order, as group communication systems call it), because views carry them:
//
//   say ──> open ──report──> coordinator ──install──> heard: in the order of the views, and within one as it lists them
//
// A host hears words only in rising order of the views that they were said in, so two hosts can never hear two words in
// different orders. What makes a word come to everybody is that reports and views repeat what was said lately:
//
//   - a host that promised a view and missed its install hears its words with the next view that it installs;
//   - a word that was said in a view which its own host missed is in the report of whoever has heard it, and the
//     coordinator does not say it again.
//
// What was said in a view that a host never promised is not for it: it was in another part of the group then.

import { WORDS_OPEN_MAX, WORDS_SAID_MAX } from "./limits.ts";
import type { Install, Matter, NamedVips, Report, SaidWord, Word } from "./message.ts";
import { note, revise, type Turn, update } from "./turn.ts";
import {
  compareText,
  duration,
  elapsed,
  type HostName,
  type Instant,
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
  /** How many words this host has had to say. */
  readonly count: number;
  /** Heard lately, in that order. */
  readonly heard: readonly { readonly word: SaidWord; readonly at: Instant }[];
  /** The views that were promised since the last one that was installed: one may have been installed by others. */
  readonly promised: readonly ViewId[];
  /** By host the life whose words were heard last, and the number of the last one. */
  readonly last: ReadonlyMap<HostName, Pick<SaidWord, "by" | "number">>;
}

export const noWords: Words = { open: [], count: 0, heard: [], promised: [], last: new Map() };

/** For so long, in timeouts, a word is repeated in reports: whoever has missed it installs another view sooner. */
const repeatedTimeouts = 20;
/** So many promises are remembered: of older ones nothing is repeated any more. */
const promisedMax = 256;
/** So many VIPs are named in one word. */
const namedMax = 8;

/** Tells the group something with the next view, for which this asks. */
export function say(turn: Turn, matter: Matter): void {
  const { words } = turn.node;
  if (words.open.length >= WORDS_OPEN_MAX) return note(turn, { kind: "unsaid", matter });
  const number = words.count + 1;
  revise(turn, { words: { ...words, count: number, open: [...words.open, { number, matter }] } });
}

/** Names the first few of the VIPs. */
export function naming(vips: readonly VipName[]): NamedVips {
  const all = sorted(vips);
  return { vips: all.slice(0, namedMax), more: Math.max(0, all.length - namedMax) };
}

/** The view was promised: it may be installed without this host learning of it. */
export const withPromise = (words: Words, view: ViewId): Words => ({
  ...words,
  promised: [...words.promised, view].slice(-promisedMax),
});

/** What a report repeats. */
export function saidLately({ node: { words, group }, now }: Turn): readonly SaidWord[] {
  const age = duration(repeatedTimeouts * group.timing.timeout);
  return words.heard.filter(({ at }) => elapsed(at, now) <= age).map(({ word }) => word).slice(
    -WORDS_SAID_MAX,
  );
}

/** What a view of these members says: what its members have heard lately, and then what they have to say. */
export function wordsOf(
  view: ViewId,
  members: readonly Member[],
  reports: ReadonlyMap<HostName, Report>,
): readonly SaidWord[] {
  const said: SaidWord[] = [];
  for (const { host } of members) {
    for (const word of reports.get(host)?.said ?? []) {
      if (!said.some((each) => isSameWord(each, word) && sameView(each.view, word.view))) said.push(word);
    }
  }
  // Within one view all have heard them in one order; sorting keeps it.
  said.sort((a, b) => compareViews(a.view, b.view));
  const fresh = members.flatMap((by) =>
    (reports.get(by.host)?.words ?? []).map(({ number, matter }) => ({ number, matter, by, view }))
  ).filter((word) => !said.some((each) => isSameWord(each, word))).slice(0, WORDS_SAID_MAX);
  return [...said, ...fresh].slice(-WORDS_SAID_MAX);
}

/** Hears what the view says that this host has not heard and that is for it. */
export function hearWords(turn: Turn, { view, words: said }: Install): void {
  const { node: { words, self }, now } = turn;
  const heard = [...words.heard];
  const last = new Map(words.last);
  for (const word of said) {
    if (!sameView(word.view, view) && !words.promised.some((each) => sameView(each, word.view))) continue;
    const before = last.get(word.by.host);
    if (before !== undefined && isSameMember(before.by, word.by) && word.number <= before.number) continue;
    if (heard.some((each) => isSameWord(each.word, word))) continue;
    last.set(word.by.host, { by: word.by, number: word.number });
    heard.push({ word, at: now });
    note(turn, { kind: "said", word });
  }
  const own = last.get(self.host);
  const done = own !== undefined && isSameMember(own.by, self) ? own.number : 0;
  const open = words.open.filter(({ number }) => number > done);
  update(turn, { words: { ...words, open, heard: heard.slice(-WORDS_SAID_MAX), promised: [], last } });
  // A view says only so many: what it has left out is for the next one.
  if (open.some(({ number }) => wasReported(turn, number))) revise(turn, {});
}

/** Whether the word was in the report that the view was made from. */
const wasReported = ({ node: { promised } }: Turn, number: number): boolean =>
  promised?.report.words.some((each) => each.number === number) ?? false;

const isSameWord = (a: SaidWord, b: SaidWord): boolean => a.number === b.number && isSameMember(a.by, b.by);

/** A host's views rise in this order. */
const compareViews = (a: ViewId, b: ViewId): number =>
  a.number - b.number || compareText(a.coordinator, b.coordinator) || a.incarnation - b.incarnation;
