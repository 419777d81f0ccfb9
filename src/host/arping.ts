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
import { assert } from "../core/assert.ts";
import type { Announcer } from "../daemon/ports.ts";
import type { AnnouncerOptions } from "./announcer.ts";
import { runCommand } from "./command.ts";
import { createNotifier } from "./notifier.ts";

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
): Announcer {
  const words = WORDS[flavour];
  const placed = new Map(vips.map((each) => [each.vip, each]));
  const line = createLine((args) => runCommand({ program, args, atMostMs: SENT_WITHIN_MS }));
  const vipOf = new Map(vips.flatMap(({ vip, addresses }) => addresses.map((address) => [address, vip])));
  const notifier = createNotifier({
    targets: targets.filter((target) => target.family === 4),
    isHere,
    ask({ from, target }) {
      const vip = vipOf.get(from);
      if (vip !== undefined) line.add({ vip, args: words.question({ ...from, target }) });
    },
  });

  return {
    announce(names) {
      for (const name of names) {
        const vip = placed.get(name);
        assert(vip !== undefined, `"${name}" is a VIP of the configuration`);
        for (const address of vip.addresses.filter((each) => each.family === 4)) {
          line.add({ vip: name, args: words.request(address) });
          line.add({ vip: name, args: words.reply(address) });
        }
        notifier.notify(vip);
      }
    },
    async close() {
      notifier.close();
      line.close();
    },
  };

  /** A queue of calls, some of which run at the same time. A VIP that has moved on is not announced any more. */
  function createLine(run: (args: readonly string[]) => Promise<unknown>) {
    const waiting = new Map<string, { readonly vip: VipName; readonly args: readonly string[] }>();
    let running = 0;
    const startSome = () => {
      for (const [key, { vip, args }] of waiting) {
        if (running === RUNNING_MAX) return;
        waiting.delete(key);
        if (!isHere(vip)) continue;
        running += 1;
        run(args).finally(() => {
          running -= 1;
          startSome();
        });
      }
    };
    return {
      add(call: { readonly vip: VipName; readonly args: readonly string[] }) {
        waiting.set(call.args.join(" "), call);
        startSome();
      },
      close: () => waiting.clear(),
    };
  }
}

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
