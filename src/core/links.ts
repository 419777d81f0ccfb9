// An interface that carries nothing serves no client, though the host may be heard by another one: its VIPs go to hosts
// whose interfaces work. The host is unable to hold them until the link is back, and then for two heartbeats more: time
// to hear whether another host has taken them.

import type { Observed } from "./events.ts";
import { note, revise, type Turn, update } from "./turn.ts";
import { after, duration, instant, type VipName } from "./vocabulary.ts";

const never = instant(Infinity);
const problem = "its interface is down, has no carrier, or is gone";

/** What a look at the host found of links. */
export function linksObserved(turn: Turn, { withoutLink }: Pick<Observed, "withoutLink">): void {
  const { node: { withoutLink: before }, now } = turn;
  const lost = missingFrom(before, withoutLink);
  const back = missingFrom(withoutLink, before);
  if (back.length > 0) {
    note(turn, { kind: "linkBack", vips: back });
    const { unable, group: { timing } } = turn.node;
    const until = after(now, duration(2 * timing.heartbeat));
    update(turn, { withoutLink, unable: new Map([...unable, ...back.map((vip) => [vip, until] as const)]) });
  }
  if (lost.length > 0) {
    note(turn, { kind: "linkLost", vips: lost });
    const { unable, problems } = turn.node;
    revise(turn, {
      withoutLink,
      unable: new Map([...unable, ...lost.map((vip) => [vip, never] as const)]),
      problems: new Map([...problems, ...lost.map((vip) => [vip, problem] as const)]),
    });
    turn.vipsConcerned = true;
  }
}

/** Those of the second list that the first one does not have. */
function missingFrom(list: readonly VipName[], others: readonly VipName[]): readonly VipName[] {
  const known = new Set(list);
  return others.filter((each) => !known.has(each));
}
