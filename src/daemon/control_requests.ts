// What each control request comes to: an answer now, a refusal that names what was found and what was wanted, or an
// event for the node together with the condition that the answer waits for. Pure: it reads a node's account.

import type { ControlRequest } from "../codec/control.ts";
import type { OperatorRequest } from "../core/events.ts";
import { type Hooks, waitBeforeAcquire } from "../core/hook.ts";
import { parseIpAddress } from "../core/ip_address.ts";
import type { NodeStatus } from "../core/status.ts";
import { WORDS_OPEN_MAX } from "../core/limits.ts";
import {
  type Duration,
  duration,
  type Group,
  type HostName,
  hostName,
  sameView,
  type VipName,
  vipName,
  type VipSpec,
} from "../core/vocabulary.ts";
import { listed } from "./words.ts";

export type RequestPlan =
  | { readonly kind: "answer" }
  | { readonly kind: "foresee"; readonly without: readonly HostName[] }
  /** What the record has after this entry; `wait`: for so long at most, when there is nothing yet. */
  | { readonly kind: "listen"; readonly after: number; readonly wait: Duration }
  | { readonly kind: "monitor" }
  | { readonly kind: "explain"; readonly vip: VipName }
  | { readonly kind: "refuse"; readonly http: 404 | 409; readonly error: string }
  | {
    readonly kind: "await";
    readonly request: OperatorRequest;
    /** Asked after every step, of the node's newest account. */
    readonly until: (status: NodeStatus) => boolean;
    /** Why it will not come true any more, asked like `until` and after it; null while it may. */
    readonly failed?: (status: NodeStatus) => string | null;
    /** What is said when it does not come true in time, of the last account. */
    readonly late: (status: NodeStatus) => string;
  };

/** What is to be done for the request. */
export function planRequest(
  request: ControlRequest,
  { status, group }: { readonly status: NodeStatus; readonly group: Group },
): RequestPlan {
  switch (request.kind) {
    case "status":
      return { kind: "answer" };
    case "plan":
      return planWithout(request.without, { status, group });
    case "monitor":
      return { kind: "monitor" };
    case "explain":
      return planExplanation(request.vip, { status, group });
    case "drain":
      return planDrain(request.reason);
    case "resume":
      return planResume(request.reason, status);
    case "move":
      return planMove(request, { status, group });
    case "balance":
      return planBalance(status);
    case "events":
      return { kind: "listen", after: request.after, wait: duration(1_000 * request.wait) };
    case "send":
      return planSend(request.text, status);
  }
}

function planWithout(
  without: readonly string[],
  { status, group }: { readonly status: NodeStatus; readonly group: Group },
): RequestPlan {
  const refuse = (why: string): RequestPlan => ({
    kind: "refuse",
    http: 409,
    error: `Cannot plan without ${without.map((host) => `"${host}"`).join(", ")}: ${why}`,
  });
  const hosts = group.hosts.map(({ name }) => name);
  const unknown = without.filter((name) => !hosts.some((host) => host === name));
  if (unknown.length > 0) return refuse(`no such host as ${listed(unknown)} (found ${listed(hosts)})`);
  if (status.view === null) return refuse("this host has no view yet (wanted an agreed view)");
  if (!status.mature) return refuse("the group is not mature yet, so nobody holds a VIP");
  return { kind: "foresee", without: hosts.filter((host) => without.includes(host)) };
}

/** A VIP may be named by an address of it, with or without its prefix. */
function planExplanation(
  asked: string,
  { status, group }: { readonly status: NodeStatus; readonly group: Group },
): RequestPlan {
  const names = status.vips.map(({ vip }) => vip);
  const address = parseIpAddress(asked.split("/")[0] ?? "")?.text;
  const named = names.find((name) => name === asked) ??
    group.vips.find(({ addresses }) => addresses.some((each) => each.address === address))?.name;
  if (named !== undefined) return { kind: "explain", vip: named };
  const error = `Cannot explain "${asked}": no VIP has this name or address (found ${listed(names)})`;
  return { kind: "refuse", http: 404, error };
}

const planDrain = (reason: string): RequestPlan => ({
  kind: "await",
  request: { kind: "drain", reason },
  until: (status) => status.draining !== null && held(status).length === 0,
  failed: (status) => status.draining === null ? "Cannot finish the drain: somebody resumed this host" : null,
  late: (status) =>
    `Cannot finish the drain in time: this host still has ${listed(held(status))}; it goes on draining`,
});

const held = (status: NodeStatus): readonly string[] =>
  status.vips.filter((vip) => vip.here !== "absent").map((vip) => vip.vip);

/** A host that drained takes part again when a view was agreed on after it resumed. */
function planResume(reason: string, before: NodeStatus): RequestPlan {
  return {
    kind: "await",
    request: { kind: "resume", reason },
    until: (status) => status.draining === null && (before.draining === null || hasNewView(status, before)),
    late: () =>
      "Cannot finish the resume in time: no view was agreed on since; this host takes part with the next one",
  };
}

function planMove(
  { vip, to }: VipMove,
  { status, group }: { readonly status: NodeStatus; readonly group: Group },
): RequestPlan {
  const why = whyNotMove({ vip, to }, { status, group });
  if (why !== null) {
    return { kind: "refuse", http: 409, error: `Cannot move VIP "${vip}" to host "${to}": ${why}` };
  }
  if (isPinnedAlready(status, { vip, to })) return { kind: "answer" };
  return {
    kind: "await",
    request: { kind: "move", vip: vipName(vip), to: hostName(to) },
    // The VIP may be there for another reason already: as long as the wish is open, a later one can meet it.
    until: (now) => !now.hasWishes && isHeldBy(now, { vip, to }),
    failed: (now) =>
      now.hasWishes || now.view === null || holderOf(now, vip) === to ? null : (
        `Cannot move VIP "${vip}" to host "${to}": ` +
        (whyNotMove({ vip, to }, { status: now, group }) ?? `the group gave it to ${holderText(now, vip)}`)
      ),
    late: (now) => {
      const state = now.vips.find((each) => each.vip === vip)?.state ?? "unknown";
      return `Cannot finish the move of VIP "${vip}" to host "${to}" in time: ` +
        `its holder is ${holderText(now, vip)}, its state "${state}"`;
    },
  };
}

interface VipMove {
  readonly vip: string;
  readonly to: string;
}

/** Nothing is left to wish for. During a view change that is not known: another host's operator may have a wish. */
const isPinnedAlready = (status: NodeStatus, move: VipMove): boolean =>
  status.phase === "running" && !status.hasWishes && isHeldBy(status, move) &&
  status.vips.some(({ vip, reason }) => vip === move.vip && reason === "operator");

const isHeldBy = (status: NodeStatus, { vip, to }: VipMove): boolean =>
  status.vips.some((each) => each.vip === vip && each.holder === to && each.state === "held");

const holderOf = (status: NodeStatus, vip: string): string | null =>
  status.vips.find((each) => each.vip === vip)?.holder ?? null;

const holderText = (status: NodeStatus, vip: string): string => holderOf(status, vip) ?? "nobody";

/** What stands against the move; null when nothing does. */
function whyNotMove(
  { vip, to }: VipMove,
  { status, group }: { readonly status: NodeStatus; readonly group: Group },
): string | null {
  const spec: VipSpec | undefined = group.vips.find((each) => each.name === vip);
  const hosts = group.hosts.map((host) => host.name);
  if (spec === undefined) return `no such VIP (found ${listed(group.vips.map((each) => each.name))})`;
  if (!hosts.some((host) => host === to)) return `no such host (found ${listed(hosts)})`;
  if (!spec.hosts.some((host) => host === to)) {
    return `this host may not hold it (wanted ${listed(spec.hosts)})`;
  }
  if (status.view === null) return "this host has no view yet (wanted an agreed view)";
  const members = status.view.members.map((member) => member.host);
  if (!members.some((member) => member === to)) return `not a member of the view (found ${listed(members)})`;
  if (!status.mature) return "the group is not mature yet, so nobody holds a VIP";
  if (status.hosts.some((host) => host.host === to && host.draining)) {
    return "that host drains (wanted one that does not)";
  }
  return whyUnfit({ vip, to }, status);
}

/** Where every host that can hold the VIP fails a check, it may be moved among them. */
function whyUnfit({ vip, to }: VipMove, { hosts, failedOpen }: NodeStatus): string | null {
  if (failedOpen.some((each) => each === vip)) return null;
  const failing = hosts.find(({ host }) => host === to)?.failing ?? [];
  const check = failing.find(({ vips }) => vips === null || vips.some((each) => each === vip));
  return check === undefined
    ? null
    : `that host fails check "${check.check}": ${check.problem} (wanted one that is well)`;
}

/** A balance round is decided with a view; there is none to decide while this host has no view. */
function planBalance(before: NodeStatus): RequestPlan {
  if (before.view === null) {
    return {
      kind: "refuse",
      http: 409,
      error: "Cannot balance: this host has no view yet (wanted an agreed view)",
    };
  }
  if (!before.mature) {
    return {
      kind: "refuse",
      http: 409,
      error: "Cannot balance: the group is not mature yet, so nobody holds a VIP",
    };
  }
  return {
    kind: "await",
    request: { kind: "balance" },
    until: (status) => !status.hasWishes && hasNewView(status, before),
    late: () => "Cannot finish the balance round in time: no view was agreed on since",
  };
}

/** Every member that has the next view hears it; that this host hears it shows that the view is there. */
function planSend(text: string, { words: { asked, said, lost } }: NodeStatus): RequestPlan {
  if (asked - said >= WORDS_OPEN_MAX) {
    return {
      kind: "refuse",
      http: 409,
      error: `Cannot send: ${
        asked - said
      } earlier words wait for a view (wanted fewer than ${WORDS_OPEN_MAX})`,
    };
  }
  return {
    kind: "await",
    request: { kind: "say", matter: { kind: "message", text } },
    until: ({ words }) => words.said > asked && words.lost === lost,
    failed: ({ words }) =>
      words.lost === lost
        ? null
        : "Cannot tell whether it was said: the coordinator was lost that may have done so; nobody says it again",
    late: () => "Cannot send in time: no view was agreed on since; the group hears it with the next one",
  };
}

/**
 * How long a request may take: a suspicion, the view changes that follow, and the machine's work; and, where somebody is
 * to acquire a VIP, what has to be done before that.
 */
export function requestPatience(
  { kind }: OperatorRequest,
  { group: { timing }, hooks }: { readonly group: Group; readonly hooks: Hooks },
): Duration {
  const moves = kind === "drain" || kind === "move" || kind === "balance";
  return duration(4 * timing.timeout + 5_000 + (moves ? waitBeforeAcquire(hooks) : 0));
}

const hasNewView = (status: NodeStatus, before: NodeStatus): boolean =>
  status.view !== null && !sameView(status.view, before.view);
