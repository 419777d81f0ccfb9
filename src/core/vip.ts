// One VIP on this host: from the allocation's word to an address that is there, or is not.
//
//             expected                 wanted              added           superseded
//   absent ------------> awaiting ---------------> adding --------> held --------------> lingering
//     ^  ^---unwanted------'                         |  ^---missed----'|  ^-----wanted------' |
//     |                                   addFailed, |                 | unwanted,            |
//     |          removed          unwanted, expected v                 | addFailed            | unwanted, ticked
//     '--------------------------------------------removing <----------'---------------------'  at removeAt
//                    gone after a failed removal     |  ^
//                                        removeFailed '--' ticked at retryAt
//
// "wanted" says that the allocation gives the VIP to this host, and whether nobody else has it any more; "expected"
// that others have to release it first; "suspended" that a view change or an overlapping handover has begun, in which
// nothing new is taken and nothing announced; "superseded" that the new holder in an overlapping handover has it.
// Addresses found on the host are what counts: an absent VIP that is found is removed, a held one that is missed is
// put back; or given up, if somebody else still has it too. So is one that is not here yet when a merge shows that.

import { after, type Duration, duration, type Instant } from "./vocabulary.ts";

export type VipState =
  | { readonly kind: "absent" }
  | { readonly kind: "awaiting" }
  | { readonly kind: "adding"; readonly contested: boolean }
  | {
    readonly kind: "held";
    /** Others had it too when it was given to us: announce again when they have released it. */
    readonly contested: boolean;
    /** How many announcements of the schedule have been sent. */
    readonly announced: number;
    /** When the next one is due; null when the schedule is complete. */
    readonly announceAt: Instant | null;
    /** Nothing is announced for now. What comes due meanwhile is made up for afterwards. */
    readonly isSilent: boolean;
  }
  | { readonly kind: "lingering"; readonly removeAt: Instant }
  | {
    readonly kind: "removing";
    /** When its lease may have been renewed last: until a removal has failed, that may still happen. */
    readonly since: Instant;
    /** The last removal failed, and the next one is then; null while a removal is under way. */
    readonly retryAt: Instant | null;
    /** How many removals have failed. */
    readonly failures: number;
  };

export type VipEvent =
  | { readonly kind: "wanted"; readonly alone: boolean }
  | { readonly kind: "expected" }
  | { readonly kind: "unwanted" }
  | { readonly kind: "suspended" }
  | { readonly kind: "superseded" }
  | { readonly kind: "added" }
  | { readonly kind: "addFailed" }
  | { readonly kind: "removed" }
  | { readonly kind: "removeFailed" }
  /** It is certainly not on the host: nothing of it was found, or its lease has run out. */
  | { readonly kind: "gone" }
  /** Observation: at least a part of it is on the host. */
  | { readonly kind: "found" }
  /** Observation: at least a part of it is not on the host. */
  | { readonly kind: "missed" }
  | { readonly kind: "ticked" };

/** What a step asks for: at most one. */
export type VipAction = "none" | "add" | "remove" | "announce";

export interface VipStep {
  readonly state: VipState;
  readonly action: VipAction;
}

/**
 * When announcements are sent after an acquisition, in ms. More than one, because a neighbour whose entry was
 * confirmed within the last second may ignore the first (Linux's locktime), and because any frame may be lost.
 */
export const announceSchedule: readonly Duration[] = [0, 50, 200, 1000, 2000, 5000].map(duration);
/**
 * How long the old holder goes on answering after an overlapping handover, for frames that are on their way to it:
 * until the new holder's second announcement, and as long again.
 */
export const overlapLinger = duration(100);
/** After a failed removal; doubled with each failure, up to the most. */
export const removalRetry = { first: duration(500), most: duration(8_000) };

export const absent: VipState = { kind: "absent" };
/** True while an address of it may be on this host. */
export const isPresent = (state: VipState): boolean => state.kind !== "absent" && state.kind !== "awaiting";
const remove = (now: Instant): VipStep => ({
  state: { kind: "removing", since: now, retryAt: null, failures: 0 },
  action: "remove",
});

/** The VIP's next state, and what is to be done for it. */
export function stepVip(state: VipState, event: VipEvent, now: Instant): VipStep {
  switch (state.kind) {
    case "absent":
      return stepAbsent(state, event, now);
    case "awaiting":
      return stepAwaiting(state, event, now);
    case "adding":
      return stepAdding(state, event, now);
    case "held":
      return stepHeld(state, event, now);
    case "lingering":
      return stepLingering(state, event, now);
    case "removing":
      return stepRemoving(state, event, now);
  }
}

/** When the VIP wants a "ticked"; null: never. */
export function vipDeadline(state: VipState): Instant | null {
  if (state.kind === "held") return state.isSilent ? null : state.announceAt;
  if (state.kind === "lingering") return state.removeAt;
  return state.kind === "removing" ? state.retryAt : null;
}

const stay = (state: VipState): VipStep => ({ state, action: "none" });

function stepAbsent(state: VipState, event: VipEvent, now: Instant): VipStep {
  switch (event.kind) {
    case "wanted":
      return { state: { kind: "adding", contested: !event.alone }, action: "add" };
    case "expected":
      return stay({ kind: "awaiting" });
    case "found":
      return remove(now);
    case "unwanted":
    case "suspended":
    case "superseded":
    case "added":
    case "addFailed":
    case "removed":
    case "removeFailed":
    case "gone":
    case "missed":
    case "ticked":
      return stay(state);
  }
}

function stepAwaiting(state: VipState, event: VipEvent, now: Instant): VipStep {
  switch (event.kind) {
    case "unwanted":
    case "suspended":
    case "superseded":
      return stay(absent);
    case "wanted":
    case "expected":
    case "found":
    case "added":
    case "addFailed":
    case "removed":
    case "removeFailed":
    case "gone":
    case "missed":
    case "ticked":
      return stepAbsent(state, event, now);
  }
}

function stepAdding(state: VipState & { kind: "adding" }, event: VipEvent, now: Instant): VipStep {
  switch (event.kind) {
    case "added":
      return announceFirst(state.contested, now);
    case "addFailed":
      // A failed "ip address add" may have half worked; removing is the only safe answer.
      return remove(now);
    case "unwanted":
    case "superseded":
    case "expected":
      // Also after a merge: what is still to be added, as behind a hook, would be taken before its release.
      return remove(now);
    case "wanted":
      return stay({ kind: "adding", contested: !event.alone });
    case "suspended":
    case "removed":
    case "removeFailed":
    case "found":
    case "gone":
    case "missed":
    case "ticked":
      return stay(state);
  }
}

function stepHeld(state: VipState & { kind: "held" }, event: VipEvent, now: Instant): VipStep {
  switch (event.kind) {
    case "wanted":
      // Those who had it too have released it: neighbours may have learned their addresses last.
      if (event.alone && state.contested) return announceFirst(false, now);
      return stay(
        state.isSilent || state.contested === event.alone
          ? { ...state, contested: !event.alone, isSilent: false }
          : state,
      );
    case "expected":
      return stay({ ...state, contested: true });
    case "unwanted":
    case "addFailed":
      return remove(now);
    case "missed":
      // Put back, unless somebody else still has it: then it would be taken anew before its release.
      return state.contested ? remove(now) : { state: { kind: "adding", contested: false }, action: "add" };
    case "ticked":
      return announceNext(state, now);
    case "suspended":
      // Another host may be about to announce it: ours, sent later, would win.
      return stay(state.isSilent ? state : { ...state, isSilent: true });
    case "superseded":
      return stay({ kind: "lingering", removeAt: after(now, overlapLinger) });
    case "added":
    case "removed":
    case "removeFailed":
    case "gone":
    case "found":
      return stay(state);
  }
}

function stepLingering(state: VipState & { kind: "lingering" }, event: VipEvent, now: Instant): VipStep {
  switch (event.kind) {
    case "wanted":
      // The host that superseded us may have it still.
      return announceFirst(!event.alone, now);
    case "expected":
      return stay({ kind: "held", contested: true, announced: 0, announceAt: now, isSilent: true });
    case "unwanted":
    case "addFailed":
    case "gone":
      return remove(now);
    case "ticked":
      return now >= state.removeAt ? remove(now) : stay(state);
    case "suspended":
    case "superseded":
    case "added":
    case "removed":
    case "removeFailed":
    case "found":
    case "missed":
      return stay(state);
  }
}

function stepRemoving(state: VipState & { kind: "removing" }, event: VipEvent, now: Instant): VipStep {
  switch (event.kind) {
    case "removed":
      return stay(absent);
    case "gone":
      // While a removal is under way its own answer is waited for: what it may still do must not hit a later addition.
      return stay(state.retryAt === null ? state : absent);
    case "removeFailed":
      return stay({
        ...state,
        // What was asked for before the first removal is done by now, a renewal among it.
        since: state.failures === 0 ? now : state.since,
        retryAt: after(now, duration(Math.min(removalRetry.first * 2 ** state.failures, removalRetry.most))),
        failures: state.failures + 1,
      });
    case "ticked":
      return state.retryAt !== null && now >= state.retryAt
        ? { state: { ...state, retryAt: null }, action: "remove" }
        : stay(state);
    case "wanted":
    case "expected":
    case "unwanted":
    case "suspended":
    case "superseded":
    case "added":
    case "addFailed":
    case "found":
    case "missed":
      return stay(state);
  }
}

function announceFirst(contested: boolean, now: Instant): VipStep {
  return announceNext({ kind: "held", contested, announced: 0, announceAt: now, isSilent: false }, now);
}

function announceNext(state: VipState & { kind: "held" }, now: Instant): VipStep {
  if (state.isSilent || state.announceAt === null || now < state.announceAt) return stay(state);
  const announced = state.announced + 1;
  return { state: { ...state, announced, announceAt: nextAnnouncement(announced, now) }, action: "announce" };
}

/** When to announce again after so many times; null when the schedule is complete. */
function nextAnnouncement(announced: number, now: Instant): Instant | null {
  const wait = announceSchedule[announced];
  return wait === undefined ? null : after(now, duration(wait - (announceSchedule[announced - 1] ?? 0)));
}
