// The answer of `monitor --json`: documented in README, stable. How the answering host sees every host of the group.

import { hostStateShape, phaseShape, type Status, viewShape } from "./control.ts";
import { array, boolean, nullable, number, object, parseJson, string } from "./json_shape.ts";
import { type Parsed, problem } from "./parsed.ts";

export interface Monitor {
  /** Of the daemon that answers. */
  readonly version: string;
  readonly group: string;
  /** Who answers. */
  readonly host: string;
  /** On its wall clock. */
  readonly at: string;
  readonly phase: Status["phase"];
  readonly view: Status["view"];
  readonly hosts: readonly {
    readonly name: string;
    readonly state: Status["hosts"][number]["state"];
    /** Since it was heard last; 0 of the answering host, null: never heard. */
    readonly silent_for_ms: number | null;
    /** The view that it is in; null: none, or it is not heard. */
    readonly view: { readonly number: number; readonly coordinator: string } | null;
    /** Whom it takes for the coordinator; null: it is not heard. */
    readonly follows: string | null;
    /** Whom it hears, itself left out; null: it is not heard. */
    readonly hears: readonly string[] | null;
    /** The least of the last 16 to 31 heartbeats; null: not measured, or the answering host itself. */
    readonly round_trip_ms: number | null;
    /** Of its last ones, about 600 at most: how many it said, and how many of these came here. */
    readonly heartbeats: { readonly said: number; readonly heard: number } | null;
    /** By how much its wall clock is ahead of the answering host's; null: not measured. */
    readonly clock_difference_ms: number | null;
    readonly version: string | null;
    readonly digest: string | null;
    /** False when it reads another configuration than the answering host. */
    readonly same_configuration: boolean;
    readonly vips: number;
    readonly draining: boolean;
    readonly mature: boolean;
    /** As seen since the answering daemon started. */
    readonly restarts: number;
  }[];
  /** What a person should look at; empty when all is well. */
  readonly warnings: readonly string[];
}

/** Reads a monitor's answer. Fields that this version does not know are left out. */
export function parseMonitor(text: string): Parsed<Monitor> {
  const monitor = parseJson(text, monitorShape);
  return monitor.ok ? monitor : problem(`Cannot read the daemon's answer: ${monitor.problem}`);
}

type Host = Monitor["hosts"][number];

const hostShape = object<Host>({
  name: string,
  state: hostStateShape,
  silent_for_ms: nullable(number),
  view: nullable(object<NonNullable<Host["view"]>>({ number, coordinator: string })),
  follows: nullable(string),
  hears: nullable(array(string)),
  round_trip_ms: nullable(number),
  heartbeats: nullable(object<NonNullable<Host["heartbeats"]>>({ said: number, heard: number })),
  clock_difference_ms: nullable(number),
  version: nullable(string),
  digest: nullable(string),
  same_configuration: boolean,
  vips: number,
  draining: boolean,
  mature: boolean,
  restarts: number,
});

const monitorShape = object<Monitor>({
  version: string,
  group: string,
  host: string,
  at: string,
  phase: phaseShape,
  view: nullable(viewShape),
  hosts: array(hostShape),
  warnings: array(string),
});
