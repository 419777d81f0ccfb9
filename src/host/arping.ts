// Announces VIPs by the program arping, where a packet socket is not allowed or not wanted. There are two programs
// of that name, with other options; busybox has the options of iputils.
//
//   iputils   arping -U -c 1 -I eth0 ADDRESS                 -A: the reply form
//   Habets    arping -U -c 1 -i eth0 -S ADDRESS ADDRESS      -P: the reply form
//
// Both send at once and then wait a second for answers that nobody sends. So arping is never waited for: some run at
// the same time, the others queue, and each is killed once it had the time to send. Neither knows IPv6. The reply of
// Habets' program has a target hardware address that Linux may ignore (see announcement.ts); its request does not.

import type { VipName } from "../core/vocabulary.ts";
import type { AnnouncerOptions, LocalAnnouncer } from "./announcer.ts";
import { runCommand } from "./command.ts";
import { createNotifier, type PlacedTarget } from "./notifier.ts";
import { hasAddress, type PlacedAddress, type PlacedVip } from "./placed_vip.ts";

export interface Arping {
  /** Whole path. */
  readonly program: string;
  readonly flavour: ArpingFlavour;
}

export type ArpingFlavour = "iputils" | "habets";

export type ArpingDetection =
  | { readonly kind: "found"; readonly arping: Arping }
  /** It cannot even say who it is: the kernel does not let it. */
  | { readonly kind: "forbidden" }
  | { readonly kind: "unknown" };

/** Which of the two programs it is. */
export async function detectArping(program: string): Promise<ArpingDetection> {
  // Habets' program takes -V for an option that wants a value, and says who it is before it complains.
  const outcome = await runCommand({ program, args: ["-V"], atMostMs: 2_000 });
  if (outcome.kind === "timedOut") return { kind: "unknown" };
  const said = outcome.kind === "missing" ? outcome.problem : outcome.stdout + outcome.stderr;
  if (/iputils|busybox/i.test(said)) return { kind: "found", arping: { program, flavour: "iputils" } };
  if (/habets/i.test(said)) return { kind: "found", arping: { program, flavour: "habets" } };
  // Where its file carries the privilege and this process may not have it, not even exec() is allowed.
  return { kind: /not permitted/i.test(said) ? "forbidden" : "unknown" };
}

export function createArpingAnnouncer(
  { program, flavour }: Arping,
  { vips, targets, isHere }: Pick<AnnouncerOptions, "vips" | "targets" | "isHere">,
): LocalAnnouncer {
  const words = WORDS[flavour];
  let placed = byName(vips);
  const isThere = (vip: VipName, address: PlacedAddress) =>
    hasAddress(placed.get(vip), address) && isHere(vip);
  const line = createLine((args) => runCommand({ program, args, atMostMs: SENT_WITHIN_MS }));
  const notifier = createNotifier({
    targets: targets.filter(isAskable),
    isHere: isThere,
    // The program waits for no answer.
    isAnswered: () => false,
    ask: ({ vip, from, target }) => line.add({ vip, from, args: words.question({ ...from, target }) }),
  });

  return {
    announce(names) {
      for (const name of names) {
        const vip = placed.get(name);
        if (vip === undefined) continue;
        for (const from of vip.addresses.filter((each) => each.family === 4)) {
          line.add({ vip: name, from, args: words.request(from) });
          line.add({ vip: name, from, args: words.reply(from) });
        }
        notifier.notify(vip);
      }
    },
    probe: (names) => Promise.resolve(names.map((vip) => ({ vip, answer: { kind: "unknown" } }))),
    onConflicts() {},
    onConfirmed() {},
    confirmations: () => new Map(),
    adopt(to) {
      placed = byName(to.vips);
      notifier.adopt(to.targets.filter(isAskable));
    },
    async close() {
      notifier.close();
      line.close();
    },
  };

  /** A queue of calls, some of which run at the same time. A VIP that has moved on is not announced any more. */
  function createLine(run: (args: readonly string[]) => Promise<unknown>) {
    const waiting = new Map<string, Call>();
    let running = 0;
    const startSome = () => {
      for (const [key, { vip, from, args }] of waiting) {
        if (running === RUNNING_MAX) return;
        waiting.delete(key);
        if (!isThere(vip, from)) continue;
        running += 1;
        run(args).finally(() => {
          running -= 1;
          startSome();
        });
      }
    };
    return {
      add(call: Call) {
        waiting.set(call.args.join(" "), call);
        startSome();
      },
      close: () => waiting.clear(),
    };
  }
}

/** A call of the program in the name of a VIP's address. */
interface Call {
  readonly vip: VipName;
  readonly from: PlacedAddress;
  readonly args: readonly string[];
}

const isAskable = (target: PlacedTarget): boolean => target.family === 4;

const byName = (vips: readonly PlacedVip[]) => new Map(vips.map((each) => [each.vip, each]));

const RUNNING_MAX = 32;
const SENT_WITHIN_MS = 200;

interface At {
  readonly interface: string;
  readonly address: string;
}

/** The arguments of the two programs. */
const WORDS: Readonly<
  Record<ArpingFlavour, {
    request(at: At): readonly string[];
    reply(at: At): readonly string[];
    question(at: At & { readonly target: string }): readonly string[];
  }>
> = {
  iputils: {
    request: (at) => ["-q", "-U", "-c", "1", "-I", at.interface, at.address],
    reply: (at) => ["-q", "-A", "-c", "1", "-I", at.interface, at.address],
    question: (at) => ["-q", "-c", "1", "-I", at.interface, "-s", at.address, at.target],
  },
  habets: {
    request: (at) => ["-q", "-U", "-c", "1", "-i", at.interface, "-S", at.address, at.address],
    reply: (at) => ["-q", "-U", "-P", "-c", "1", "-i", at.interface, "-S", at.address, at.address],
    question: (at) => ["-q", "-c", "1", "-i", at.interface, "-S", at.address, at.target],
  },
};
