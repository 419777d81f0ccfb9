// How the keys of health checks must fit together: each check looks at one thing, with the keys that belong to that, and
// names VIPs and hosts that are there.

import { CHECKS_MAX, VIPS_MAX } from "../core/limits.ts";
import { checkHostNames, checkNames, checkVipNames } from "./check_names.ts";
import { namesOfVips } from "./check_vips.ts";
import { cannotRead, cannotUse, type Finding } from "./problem.ts";
import type { CheckTable, Loose, LooseTables, ProbeKey } from "./schema.ts";
import { durationText } from "./timing.ts";

/** What each check looks at, as it may stand in the file. */
const examples: Readonly<Record<ProbeKey, string>> = {
  exec: 'exec = ["/path/to/program", ...]',
  tcp: 'tcp = "127.0.0.1:80"',
  http: 'http = "http://127.0.0.1/"',
  process: 'process = "nginx"',
  file: 'file = "/path"',
  gateway: 'gateway = "192.168.8.1"',
};
const probeKeys = Object.keys(examples) as readonly ProbeKey[];

/** Keys that mean something for one kind of check only. */
const companions = { user: "exec", expect: "http", absent: "file", interface: "gateway" } as const;

/** What is wrong among health checks. */
export function* checkChecks(tables: LooseTables): Iterable<Finding> {
  const checks = tables.check ?? [];
  if (checks.length > CHECKS_MAX) {
    const fact = `it has ${checks.length} checks`;
    yield cannotRead("the file", { path: ["check", CHECKS_MAX], fact, wanted: `at most ${CHECKS_MAX}` });
  }
  yield* checkNames(checks, { section: "check", noun: "check" });
  const known = { vips: namesOfVips(tables), hosts: namesOfHosts(tables) };
  for (const [index, check] of checks.entries()) {
    if (check !== null) yield* checkCheck(check, { index, known });
  }
  const count = checks.reduce((sum, check) => sum + (check?.vips?.length ?? 0), 0);
  if (count > VIPS_MAX) {
    const fact = `its checks name ${count} VIPs`;
    yield cannotRead("the file", { path: ["check"], fact, wanted: `at most ${VIPS_MAX} in all of them` });
  }
}

function namesOfHosts({ host: hosts }: LooseTables): ReadonlySet<string> | null {
  const names = (hosts ?? [null]).map((host) => host?.name ?? null);
  return names.includes(null) ? null : new Set(names.flatMap((name) => name ?? []));
}

interface CheckContext {
  readonly index: number;
  /** Null: not all names could be read. */
  readonly known: Readonly<Record<"vips" | "hosts", ReadonlySet<string> | null>>;
}

function* checkCheck(check: Loose<CheckTable>, { index, known }: CheckContext): Iterable<Finding> {
  const owner = check.name === null ? `check number ${index + 1}` : `check "${check.name}"`;
  const path = ["check", index];
  const found = probeKeys.filter((key) => check[key] !== undefined);
  const [kind, second] = found;
  if (kind === undefined) {
    const wanted = probeKeys.map((key) => examples[key]).join(" or ");
    yield cannotRead(owner, { path, fact: "it does not say what to look at", wanted });
  } else if (second !== undefined) {
    const fact = `it has ${found.join(" and ")}`;
    yield cannotRead(owner, { path: [...path, second], fact, wanted: "one of them" });
  } else {
    yield* checkCompanions(check, { owner, path, kind });
  }
  yield* checkTimes(check, { owner, path });
  for (const key of ["vips", "hosts"] as const) {
    if (check[key]?.length !== 0) continue;
    const one = key === "vips" ? "VIP" : "host";
    const wanted = `at least one ${one}, or no key ${key} for all of them`;
    yield cannotRead(owner, { path: [...path, key], fact: `its list of ${key} is empty`, wanted });
  }
  yield* checkVipNames(check.vips ?? [], {
    as: `vips of ${owner}`,
    path: [...path, "vips"],
    known: known.vips,
  });
  const hosts = { as: `hosts of ${owner}`, path: [...path, "hosts"], known: known.hosts };
  yield* checkHostNames(check.hosts ?? [], hosts);
}

interface Place {
  readonly owner: string;
  readonly path: readonly (string | number)[];
}

function* checkCompanions(
  check: Loose<CheckTable>,
  { owner, path, kind }: Place & { readonly kind: ProbeKey },
): Iterable<Finding> {
  for (const [key, of] of Object.entries(companions) as [keyof typeof companions, ProbeKey][]) {
    if (check[key] === undefined || of === kind) continue;
    const fact = `the key ${key} is for checks with ${of}, and it has ${kind}`;
    yield cannotRead(owner, { path: [...path, key], fact });
  }
  if (kind === "gateway" && check.interface === undefined) {
    yield cannotRead(owner, {
      path,
      fact: "the key interface is missing",
      wanted: 'interface = "...", the one on which the gateway is a neighbour',
    });
  }
}

function* checkTimes({ interval, timeout }: Loose<CheckTable>, { owner, path }: Place): Iterable<Finding> {
  if (interval === null || timeout === null || timeout === undefined || timeout <= interval) return;
  yield cannotUse(durationText(timeout), {
    as: `timeout of ${owner}`,
    path: [...path, "timeout"],
    fact: `it is longer than the interval, ${durationText(interval)}`,
    wanted: `at most "${durationText(interval)}", or a longer interval`,
  });
}
