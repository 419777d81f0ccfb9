// What must be so on this host before the daemon changes anything on it: the programs are there, the interfaces
// exist, the kernel lets us change addresses. Every problem is found at once; with one of them nothing starts.

import { compareText } from "../core/vocabulary.ts";
import { type Arping, detectArping } from "./arping.ts";
import { lookAtNetwork } from "./network_look.ts";
import type { PacketSocketOutcome } from "./packet_socket.ts";
import type { PlacedVip } from "./placed_vip.ts";
import { findProgram, packageOf, type Programs, searchPath } from "./programs.ts";

export interface PreflightOptions {
  readonly vips: readonly PlacedVip[];
  /** What came of opening one; null: the configuration wants arping. */
  readonly packetSocket: PacketSocketOutcome | null;
  /** Where programs are looked for; see searchPath(). */
  readonly directories: readonly string[];
}

export type Preflight =
  | {
    readonly kind: "ready";
    readonly programs: Programs;
    /** The program to announce with where no packet socket is allowed or wanted; otherwise null. */
    readonly arping: Arping | null;
    /** For people: what will not work as well as it could. */
    readonly warnings: readonly string[];
  }
  /** For people, one line each. */
  | { readonly kind: "problems"; readonly problems: readonly string[] };

export async function preflight({ vips, packetSocket, directories }: PreflightOptions): Promise<Preflight> {
  const { programs, problems: missing } = await findPrograms(directories);
  const found = await findArping(packetSocket, directories);
  const problems = [
    ...missing,
    ...found.problems,
    ...interfaceProblems(vips),
    ...await privilegeProblems(),
  ];
  if (problems.length > 0 || programs === null) return { kind: "problems", problems };
  return { kind: "ready", programs, arping: found.arping, warnings: arpingWarnings(found, vips) };
}

async function findPrograms(
  directories: readonly string[],
): Promise<{ readonly programs: Programs | null; readonly problems: readonly string[] }> {
  const find = (name: keyof Programs) => findProgram(name, directories);
  const [ip, setsid, sh] = await Promise.all([find("ip"), find("setsid"), find("sh")]);
  if (ip !== null && setsid !== null && sh !== null) return { programs: { ip, setsid, sh }, problems: [] };
  const missing = Object.entries({ ip, setsid, sh }).filter(([, program]) => program === null);
  const problems = missing.map(([name]) =>
    missingProgram(name, { package: packageOf[name as keyof Programs], directories })
  );
  return { programs: null, problems };
}

interface FoundArping {
  readonly arping: Arping | null;
  /** Why the packet socket is not used; null when it is. */
  readonly why: string | null;
  readonly problems: readonly string[];
}

/** Looks for arping only where it is needed: most hosts do without. */
async function findArping(
  packetSocket: PacketSocketOutcome | null,
  directories: readonly string[],
): Promise<FoundArping> {
  if (packetSocket?.kind === "ok") return { arping: null, why: null, problems: [] };
  const why = packetSocket?.problem ?? 'the configuration says announcer = "arping"';
  const program = await findProgram("arping", directories);
  if (program === null) {
    const problem = missingProgram("arping", { package: "iputils-arping", directories });
    return { arping: null, why, problems: [`${problem} (it is needed because ${why})`] };
  }
  const detected = await detectArping(program);
  if (detected.kind === "found") return { arping: detected.arping, why, problems: [] };
  const problem = `Cannot use ${program}: ${whyUnusable[detected.kind]}`;
  return { arping: null, why, problems: [problem] };
}

const whyUnusable: Readonly<Record<"forbidden" | "unknown", string>> = {
  forbidden: "it lacks the privilege CAP_NET_RAW; start molehill as root, or by systemd with " +
    "AmbientCapabilities=CAP_NET_ADMIN CAP_NET_RAW",
  unknown: "it says neither that it is of iputils (or busybox) nor that it is of Habets",
};

function arpingWarnings({ why }: FoundArping, vips: readonly PlacedVip[]): readonly string[] {
  if (why === null) return [];
  const ipv6 = vips.filter(({ addresses }) => addresses.some(({ family }) => family === 6));
  const slower = `VIPs are announced by arping, which is slower than a packet socket: ${why}`;
  if (ipv6.length === 0) return [slower];
  return [slower, `Cannot announce the IPv6 addresses of ${nameVips(ipv6)}: arping knows no IPv6`];
}

export function missingProgram(
  name: string,
  { package: from, directories }: { readonly package: string; readonly directories: readonly string[] },
): string {
  return `Cannot start: the program "${name}" is missing (looked in ${directoriesText(directories)}); ` +
    `on Debian it is in the package ${from}`;
}

/** So many directories are named. */
const NAMED_MAX = 4;

/** The standard ones first: whoever starts programs for others may have put a dozen of his own before them. */
export function directoriesText(directories: readonly string[]): string {
  const standard = searchPath(undefined).filter((each) => directories.includes(each));
  const others = directories.filter((each) => !standard.includes(each));
  const named = [...standard, ...others].slice(0, NAMED_MAX);
  const more = directories.length - named.length;
  return `${named.join(", ")}${more === 0 ? "" : ` and ${more} more`}`;
}

/** One problem for each interface that is not there, however many VIPs want it. */
export function interfaceProblems(vips: readonly PlacedVip[]): readonly string[] {
  const look = lookAtNetwork();
  if (!look.ok) return [`Cannot look at the interfaces of this host: ${look.problem}`];
  const there = look.value.links.map(({ name }) => name);
  const wanted = new Set(vips.flatMap(({ addresses }) => addresses.map((each) => each.interface)));
  return [...wanted].filter((name) => !there.includes(name)).sort(compareText).map((name) => {
    const users = vips.filter(({ addresses }) => addresses.some((each) => each.interface === name));
    return `Cannot use "${name}" for ${nameVips(users)}: no such interface (found ${there.join(", ")})`;
  });
}

function nameVips(vips: readonly PlacedVip[]): string {
  const more = vips.length > 1 ? ` and ${vips.length - 1} more` : "";
  return `VIP "${vips[0]?.vip}"${more}`;
}

const CAP_NET_ADMIN = 12n;

/**
 * Whether this process may change addresses, and the guard's `ip`, which it starts. A user who is not root passes a
 * capability on only when it is an ambient one (capabilities(7)).
 */
async function privilegeProblems(): Promise<readonly string[]> {
  const status = await Deno.readTextFile("/proc/self/status");
  const has = (set: string) =>
    (BigInt(`0x${new RegExp(`^${set}:\\s*([0-9a-f]+)$`, "m").exec(status)?.[1] ?? "0"}`) >> CAP_NET_ADMIN &
      1n) === 1n;
  if (has("CapEff") && (Deno.uid() === 0 || has("CapAmb"))) return [];
  return [
    "Cannot change addresses: this process lacks the privilege CAP_NET_ADMIN; start it as root, or by systemd with " +
    "AmbientCapabilities=CAP_NET_ADMIN CAP_NET_RAW",
  ];
}
