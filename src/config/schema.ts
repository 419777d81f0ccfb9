// The shape of the file: which sections and keys there are, and what each value must look like by itself. How
// values must fit together is for check_timing.ts, check_network.ts and check_vips.ts.
//
// A key that may be left out reads as undefined; complete.ts knows what it then means.

import * as v from "valibot";
import { logFile, logLevel, sizeOrOff, syslogFacility } from "./log_values.ts";
import { leaf, ok, oneOf, type Reader, trueOrFalse, wholeNumber } from "./reading.ts";
import { endpoint, filePath, gatewayAddress, httpUrl, processName } from "./check_values.ts";
import {
  absolutePath,
  commandLine,
  durationFrom,
  durationOrOff,
  groupAddress,
  hostAddress,
  interfaceName,
  movesPerRound,
  name,
  notifyBlock,
  rangeAddress,
  userName,
  vipAddress,
  vipReference,
  weight,
} from "./values.ts";

const interfaceHere = v.optional(leaf(interfaceName));
const names = v.array(leaf(name));
const whoMayHold = {
  prefer: v.optional(names, []),
  hosts: v.optional(names),
  handover: v.optional(leaf(oneOf("exclusive", "overlap")), "exclusive"),
  takeover: v.optional(leaf(oneOf("at-once", "after-lease")), "at-once"),
  foreign_holder: v.optional(leaf(oneOf("defend", "yield")), "defend"),
};

const clusterSchema = table({
  name: leaf(name),
  key_file: v.optional(leaf(absolutePath)),
  partition: v.optional(leaf(oneOf("serve", "quorum")), "serve"),
});

const timingSchema = table({
  profile: v.optional(leaf(oneOf("fast", "lan", "wan")), "lan"),
  heartbeat: v.optional(leaf(durationFrom(5))),
  timeout: v.optional(leaf(durationFrom(1))),
  mature: v.optional(leaf(durationFrom(0))),
  lease: v.optional(leaf(durationOrOff(1))),
});

const segmentSchema = table({
  name: leaf(name),
  mode: leaf(oneOf("broadcast", "multicast", "unicast")),
  address: v.optional(leaf(groupAddress)),
  port: v.optional(leaf(wholeNumber(1, 65_535)), 4803),
});

const hostSchema = table({
  name: leaf(name),
  address: v.optional(leaf(hostAddress)),
  addresses: v.optional(record(leaf(hostAddress))),
  weight: v.optional(leaf(weight), 1),
  interfaces: v.optional(record(leaf(interfaceName), interfaceName), {}),
});

const vipSchema = table({
  name: v.optional(leaf(name)),
  address: v.optional(leaf(vipAddress)),
  addresses: v.optional(v.array(table({ address: leaf(vipAddress), interface: interfaceHere }))),
  interface: interfaceHere,
  ...whoMayHold,
});

const vipRangeSchema = table({
  first: leaf(rangeAddress),
  last: leaf(rangeAddress),
  prefix: v.optional(leaf(wholeNumber(1, 128))),
  interface: leaf(interfaceName),
  ...whoMayHold,
});

const notifySchema = table({
  arp_cache: v.optional(leaf(durationOrOff(1000)), "off"),
  arp_cache_throttle: v.optional(leaf(wholeNumber(1, 100_000)), 128),
  refresh: v.optional(leaf(durationOrOff(1000)), "off"),
  announcer: v.optional(leaf(oneOf("raw", "arping")), "raw"),
  targets: v.optional(
    v.array(table({
      address: leaf(notifyBlock),
      interface: leaf(interfaceName),
      throttle: v.optional(leaf(wholeNumber(1, 100_000)), 128),
      ping: v.optional(leaf(trueOrFalse), false),
    })),
    [],
  ),
});

const balanceSchema = table({
  moves_per_round: v.optional(leaf(movesPerRound), "all"),
  interval: v.optional(leaf(durationFrom(100)), "4s"),
});

const logSchema = table({
  file: v.optional(leaf(logFile)),
  level: v.optional(leaf(logLevel), "info"),
  max_size: v.optional(leaf(sizeOrOff)),
  keep: v.optional(leaf(wholeNumber(0, 1_000))),
  syslog: v.optional(leaf(syslogFacility), false),
});

const anyHook = {
  command: leaf(commandLine),
  user: v.optional(leaf(userName)),
  timeout: v.optional(leaf(durationFrom(10))),
};
const vipHook = {
  ...anyHook,
  vips: v.optional(v.array(leaf(vipReference))),
  batch: v.optional(leaf(trueOrFalse), false),
};
const hooksFor = oneOrMore(table(vipHook));
const hooksForHost = oneOrMore(table(anyHook));

const hooksSchema = table({
  user: v.optional(leaf(userName)),
  timeout: v.optional(leaf(durationFrom(10)), "5s"),
  before_acquire: v.optional(
    oneOrMore(table({ ...vipHook, on_failure: v.optional(leaf(oneOf("refuse", "acquire")), "refuse") })),
    [],
  ),
  acquire: v.optional(hooksFor, []),
  release: v.optional(hooksFor, []),
  view: v.optional(hooksForHost, []),
  partition: v.optional(hooksForHost, []),
  foreign_holder: v.optional(hooksFor, []),
});

/** By the key that says what is looked at: exactly one of them is in each check. */
const probes = {
  exec: v.optional(leaf(commandLine)),
  tcp: v.optional(leaf(endpoint)),
  http: v.optional(leaf(httpUrl)),
  process: v.optional(leaf(processName)),
  file: v.optional(leaf(filePath)),
  gateway: v.optional(leaf(gatewayAddress)),
};

const checkSchema = table({
  name: leaf(name),
  ...probes,
  user: v.optional(leaf(userName)),
  expect: v.optional(leaf(wholeNumber(100, 599))),
  absent: v.optional(leaf(trueOrFalse)),
  interface: interfaceHere,
  interval: v.optional(leaf(durationFrom(100)), "2s"),
  timeout: v.optional(leaf(durationFrom(10))),
  rise: v.optional(leaf(wholeNumber(1, 100)), 2),
  fall: v.optional(leaf(wholeNumber(1, 100)), 3),
  vips: v.optional(names),
  hosts: v.optional(names),
});

export const fileSchema = table({
  cluster: clusterSchema,
  timing: v.optional(timingSchema, {}),
  segment: v.array(segmentSchema),
  host: v.array(hostSchema),
  vip: v.optional(v.array(vipSchema), []),
  vip_range: v.optional(v.array(vipRangeSchema), []),
  notify: v.optional(notifySchema, {}),
  balance: v.optional(balanceSchema, {}),
  log: v.optional(logSchema, {}),
  hooks: v.optional(hooksSchema, {}),
  check: v.optional(v.array(checkSchema), []),
});

export type TimingKeys = v.InferOutput<typeof timingSchema>;
export type SegmentTable = v.InferOutput<typeof segmentSchema>;
export type HostTable = v.InferOutput<typeof hostSchema>;
export type VipTable = v.InferOutput<typeof vipSchema>;
export type VipRangeTable = v.InferOutput<typeof vipRangeSchema>;
export type CheckTable = v.InferOutput<typeof checkSchema>;
/** What a check looks at. */
export type ProbeKey = keyof typeof probes;
/** The file, every value of which looks right by itself. */
export type FileTables = v.InferOutput<typeof fileSchema>;

/** A table in which null stands for a value that was reported already, so that nothing is concluded from it. */
export type Loose<Table> = { readonly [Key in keyof Table]: Table[Key] | null };

type LooseList<Table> = readonly (Loose<Table> | null)[];

/** The file as far as it could be read: every FileTables is one, without holes. */
export interface LooseTables {
  readonly cluster: Loose<FileTables["cluster"]> | null;
  readonly timing: Loose<TimingKeys> | null;
  readonly segment: LooseList<SegmentTable> | null;
  readonly host: LooseList<HostTable> | null;
  readonly vip: LooseList<VipTable> | null;
  readonly vip_range: LooseList<VipRangeTable> | null;
  readonly notify: Loose<FileTables["notify"]> | null;
  readonly balance: Loose<FileTables["balance"]> | null;
  readonly log: Loose<FileTables["log"]> | null;
  readonly hooks: Loose<FileTables["hooks"]> | null;
  readonly check: LooseList<CheckTable> | null;
}

/** The message of the issue of a key that the schema does not know; `expected` then lists those it knows. */
export const unknownKeyFact = "unknown key";

// Valibot's strictObject reports only the first unknown key, and takes a list for a table. Here all are told.
function table<const Entries extends v.ObjectEntries>(
  entries: Entries,
): v.GenericSchema<unknown, v.InferOutput<v.ObjectSchema<Entries, undefined>>> {
  const known = Object.keys(entries).join(", ");
  return v.pipe(
    v.custom<Record<string, unknown>>(isTable, "table"),
    v.looseObject(entries),
    v.rawCheck(({ dataset, addIssue }) => {
      const input = dataset.value as Record<string, unknown>;
      for (const key of Object.keys(input)) {
        if (Object.hasOwn(entries, key)) continue;
        const path = { type: "object", origin: "key", input, key, value: input[key] } as const;
        addIssue({ message: unknownKeyFact, expected: known, path: [path] });
      }
    }),
  );
}

/** One table, or a list of them. */
function oneOrMore<T>(each: v.GenericSchema<unknown, T>): v.GenericSchema<unknown, T | T[]> {
  const more = v.array(each);
  return v.lazy((input): v.GenericSchema<unknown, T | T[]> => Array.isArray(input) ? more : each);
}

/** A table with keys of the operator's choice; the reader, if there is one, must understand each of them. */
function record<T>(
  value: v.GenericSchema<unknown, T>,
  keyReader?: Reader<string>,
): v.GenericSchema<unknown, { [key: string]: T }> {
  return v.pipe(
    v.custom<Record<string, unknown>>(isTable, "table"),
    v.record(v.string(), value),
    v.rawCheck(({ dataset, addIssue }) => {
      const input = dataset.value as Record<string, unknown>;
      for (const key of Object.keys(input)) {
        const reading = keyReader?.read(key) ?? ok(key);
        if (reading.kind === "ok") continue;
        const path = { type: "object", origin: "key", input, key, value: input[key] } as const;
        addIssue({ message: reading.fact, expected: keyReader?.wanted ?? "", path: [path] });
      }
    }),
  );
}

function isTable(value: unknown): boolean {
  return typeof value === "object" && value !== null && !Array.isArray(value) && !(value instanceof Date);
}
