// A hook that is for some VIPs names VIPs of the file.

import { hookEvents } from "../core/hook.ts";
import { addressAfter, rangeSize } from "./address.ts";
import { VIPS_MAX } from "../core/limits.ts";
import { shortList } from "./check_names.ts";
import { cannotUse, type Finding, type Path } from "./problem.ts";
import { withHint } from "./reading.ts";
import type { LooseTables } from "./schema.ts";

/** Failover waits no longer for one hook, whatever the file says; in milliseconds. */
const waitMax = 60_000;

/** What is wrong among the hooks. */
export function* checkHooks(tables: LooseTables): Iterable<Finding> {
  if (tables.hooks === null) return;
  const known = knownVips(tables);
  for (const event of hookEvents) {
    const found = tables.hooks[event];
    // A hole was reported already, and so was whatever in a list is one.
    const list: readonly (LooseHook | null)[] = Array.isArray(found) ? found : [found as LooseHook | null];
    for (const [index, hook] of list.entries()) {
      if (hook === null) continue;
      const path = ["hooks", event, ...(Array.isArray(found) ? [index] : [])];
      const as = `${event}${Array.isArray(found) ? `[${index}]` : ""}`;
      if (hook.vips != null) yield* checkVipNames(hook.vips, { as: `vips of ${as} of [hooks]`, path, known });
      if (event === "before_acquire" && hook.timeout != null && hook.timeout > waitMax) {
        yield cannotUse(`${hook.timeout / 1_000}s`, {
          as: `timeout of ${as} of [hooks]`,
          path: [...path, "timeout"],
          fact: "failover would wait for so long",
          wanted: `at most "${waitMax / 1_000}s"`,
        });
      }
    }
  }
}

/** As far as it could be read. */
interface LooseHook {
  readonly vips?: readonly string[] | null;
  readonly timeout?: number | null;
}

function* checkVipNames(
  vips: readonly string[],
  { as, path: owner, known }: {
    readonly as: string;
    readonly path: Path;
    /** Null when not all names of VIPs could be read. */
    readonly known: ReadonlySet<string> | null;
  },
): Iterable<Finding> {
  const path = [...owner, "vips"];
  if (vips.length === 0) {
    yield cannotUse([], {
      as,
      path,
      fact: "it is empty",
      wanted: "names of VIPs, or no key vips for all of them",
    });
  }
  for (const [index, vip] of vips.entries()) {
    const place = { as, path: [...path, index] };
    if (vips.indexOf(vip) < index) yield cannotUse(vip, { ...place, fact: "it is there twice" });
    else if (known !== null && !known.has(vip)) {
      const wanted = withHint(vip, { known, wanted: `one of ${shortList(known)}` });
      yield cannotUse(vip, { ...place, fact: "no such VIP", wanted });
    }
  }
}

/** The names of all VIPs, those of ranges among them. */
function knownVips({ vip: vips, vip_range: ranges }: LooseTables): ReadonlySet<string> | null {
  const known = new Set<string>();
  for (const vip of vips ?? [null]) {
    const [first] = vip?.addresses ?? [];
    const name = vip?.name ?? vip?.address?.ip.text ?? first?.address?.ip.text;
    if (vip === null || vip.name === null || name === undefined) return null;
    known.add(name);
  }
  for (const range of ranges ?? [null]) {
    if (range === null || range.first === null || range.last === null) return null;
    const size = rangeSize(range.first, range.last);
    if (size > BigInt(VIPS_MAX)) return null;
    for (let at = 0; at < Number(size); at++) known.add(addressAfter(range.first, at).text);
  }
  return known;
}
