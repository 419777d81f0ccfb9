// How the times of the file must fit together.

import { cannotUse, type Finding, type Path } from "./problem.ts";
import type { LooseTables, TimingKeys } from "./schema.ts";
import { completeTiming, durationText } from "./timing.ts";

/** What is wrong among the times. */
export function* checkTiming({ timing: keys, cluster }: LooseTables): Iterable<Finding> {
  if (keys === null) return;
  const isKnown = (...names: (keyof TimingKeys)[]) => names.every((name) => keys[name] !== null);
  const { heartbeat, timeout, lease } = completeTiming({
    profile: keys.profile ?? "lan",
    heartbeat: keys.heartbeat ?? undefined,
    timeout: keys.timeout ?? undefined,
    mature: keys.mature ?? undefined,
    lease: keys.lease ?? undefined,
  });
  // A vote is up to two heartbeats old when the next one comes, and a host counts on it for half a heartbeat less than
  // the timeout.
  const isQuorum = cluster?.partition === "quorum";
  const heartbeatsMin = isQuorum ? 3 : 2;
  if (isKnown("profile", "heartbeat", "timeout") && timeout < heartbeatsMin * heartbeat) {
    yield cannotUse(durationText(timeout), {
      as: "timeout of [timing]",
      path: pathTo(keys, ["timeout", "heartbeat", "profile"]),
      fact: `it is shorter than ${isQuorum ? "three" : "two"} heartbeats of ${durationText(heartbeat)}${
        isQuorum ? ', which partition = "quorum" needs' : ""
      }`,
      wanted: `at least "${durationText(heartbeatsMin * heartbeat)}"`,
    });
  }
  if (isKnown("lease") && lease !== null && (lease < 2_000 || lease % 1_000 !== 0)) {
    yield cannotUse(durationText(lease), {
      as: "lease of [timing]",
      path: ["timing", "lease"],
      fact: "the kernel counts the lifetime of addresses in whole seconds",
      wanted: 'whole seconds, at least "2s", or "off"',
    });
  } else if (isKnown("profile", "timeout", "lease") && lease !== null && lease < timeout) {
    yield cannotUse(durationText(lease), {
      as: "lease of [timing]",
      path: ["timing", "lease"],
      fact: `it is shorter than the timeout of ${durationText(timeout)}`,
      wanted: `at least "${durationText(Math.ceil(timeout / 1_000) * 1_000)}", or "off"`,
    });
  }
}

// The first of the keys that the file has.
function pathTo(keys: LooseTables["timing"] & object, names: readonly (keyof TimingKeys)[]): Path {
  const name = names.find((each) => keys[each] !== undefined);
  return name === undefined ? ["timing"] : ["timing", name];
}
