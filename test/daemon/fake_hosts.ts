// Hosts of a group on one faked timeline: real daemons with the real core and codec, on ports that a test looks at
// and interferes with. Nothing waits: time passes only in `advance`.

import type { ControlRequest, ControlResponse, EventEntry } from "../../src/codec/control.ts";
import type { Conflict } from "../../src/core/events.ts";
import type { FailingCheck, KnownNeighbour } from "../../src/core/message.ts";
import {
  type Group,
  type HostName,
  incarnation,
  type Instant,
  instant,
  type Member,
  type SegmentName,
  segmentName,
  type VipName,
} from "../../src/core/vocabulary.ts";
import { runDaemon } from "../../src/daemon/daemon.ts";
import type {
  AddressOutcome,
  Clock,
  HookPrograms,
  KeptDrain,
  LogLevel,
  Ports,
} from "../../src/daemon/ports.ts";
import { createAuthenticator } from "../../src/host/authenticator.ts";
import { noHooks } from "./fake_hooks.ts";

export interface FakeHost {
  readonly name: HostName;
  /** VIPs that are on the host. */
  readonly addresses: Set<VipName>;
  /** What was done to the ports, in order: "add web-a", "announce web-a", "broadcast", "close network"... */
  readonly done: string[];
  readonly logged: { readonly level: LogLevel; readonly text: string }[];
  readonly exit: Promise<number>;
  ask(request: ControlRequest): Promise<ControlResponse>;
  signal(name: string): void;
  /** As the runner of health checks would call. */
  checksFail(failing: readonly FailingCheck[]): void;
  /** What the file says from now on, as it will be read at the next SIGHUP; or what is wrong with it. */
  file: { group: Group } | { problems: readonly string[] };
  hangUp(): void;
  crash(error: Error): void;
  /** The kernel's table of neighbours was read. */
  collect(neighbours: readonly KnownNeighbour[]): void;
  /** As the watch on the addresses would call. */
  addressesChanged(): void;
  /** The datagram as heard on the segment; the first one, if nothing is said. */
  receive(datagram: Uint8Array, segment?: SegmentName): void;
  /** Replaces what a port does; undefined: as usual. */
  readonly interfere: {
    remove?: () => Promise<AddressOutcome>;
    reload?: () => Promise<void>;
    announce?: () => void;
    /** Why the file of a drain can be neither written nor removed. */
    drainFile?: string;
    /** When the disk has done what it is asked for. */
    disk?: Promise<void>;
  };
}

export interface FakeWorld {
  readonly hosts: ReadonlyMap<HostName, FakeHost>;
  /** The segments that carry nothing at present. */
  readonly cut: Set<SegmentName>;
  /** Lets so many milliseconds pass, with all that happens in them. */
  advance(ms: number): Promise<void>;
}

export interface WorldOptions {
  /** Who runs. */
  readonly names: readonly HostName[];
  readonly leftovers?: readonly VipName[];
  /** Every host is part of all of them. */
  readonly segments?: readonly SegmentName[];
  /** Of every host; none when nothing is said. */
  readonly hooks?: HookPrograms;
  /** Hosts run health checks, and wait for what `checksFail` tells first. */
  readonly hasChecks?: boolean;
  /** A drain that an earlier daemon has left. */
  readonly drainFound?: KeptDrain;
  /** By how many milliseconds a host's wall clock is ahead. */
  readonly wallClocks?: ReadonlyMap<HostName, number>;
}

/** Starts a daemon for each of the names. */
export function startHosts(
  group: Group,
  {
    names,
    leftovers = [],
    segments = [segmentName("lan")],
    hooks,
    hasChecks = false,
    drainFound,
    wallClocks = new Map(),
  }: WorldOptions,
): FakeWorld {
  const timeline = createTimeline();
  const hosts = new Map<HostName, FakeHost>();
  const cut = new Set<SegmentName>();
  for (const [place, name] of names.entries()) {
    const clock = timeline.clock(wallClocks.get(name) ?? 0);
    hosts.set(
      name,
      startHost({
        group,
        name,
        clock,
        hosts,
        leftovers,
        segments,
        cut,
        hooks,
        hasChecks,
        drainFound: drainFound ?? null,
        life: place + 1,
      }),
    );
  }
  return { hosts, cut, advance: (ms) => timeline.advance(ms) };
}

interface HostParts {
  readonly group: Group;
  readonly name: HostName;
  readonly clock: Clock;
  readonly hosts: ReadonlyMap<HostName, FakeHost>;
  readonly leftovers: readonly VipName[];
  readonly segments: readonly SegmentName[];
  readonly cut: ReadonlySet<SegmentName>;
  readonly life: number;
  readonly hooks: HookPrograms | undefined;
  readonly hasChecks: boolean;
  readonly drainFound: KeptDrain | null;
}

function startHost(
  { group, name, clock, hosts, leftovers, segments, cut, life, hooks, hasChecks, drainFound }: HostParts,
): FakeHost {
  const receivers: ((datagram: Uint8Array, segment: SegmentName) => void)[] = [];
  const calls = {
    stop: (_: string) => {},
    reload: () => {},
    fail: (_: unknown) => {},
    changed: () => {},
    conflicting: (_: readonly Conflict[]) => {},
    ended: (_: Member) => {},
    collected: (_: readonly KnownNeighbour[]) => {},
    healthChanged: (_: readonly FailingCheck[]) => {},
    answer: (_: ControlRequest): Promise<ControlResponse> => Promise.reject(new Error("nobody answers yet")),
  };
  const done: string[] = [];
  const logged: { level: LogLevel; text: string }[] = [];
  const recorded: EventEntry[] = [];
  const addresses = new Set(leftovers);
  const interfere: FakeHost["interfere"] = {};
  const files: Pick<FakeHost, "file"> = { file: { group } };
  const segmentsOf = ({ hosts }: Group) => new Map(hosts.map((host) => [host.name, segments]));
  const note = (what: string) => void done.push(what);
  const deliver = (to: Iterable<FakeHost | undefined>, datagrams: readonly Uint8Array[]) => {
    const whole = segments.filter((segment) => !cut.has(segment));
    for (const host of to) {
      for (const segment of whole) {
        for (const datagram of datagrams) queueMicrotask(() => host?.receive(datagram, segment));
      }
    }
  };

  const ports: Ports = {
    clock,
    network: {
      broadcast(datagrams) {
        note("broadcast");
        deliver([...hosts.values()].filter((host) => host.name !== name), datagrams);
      },
      send: (to, datagrams) => deliver([hosts.get(to)], datagrams),
      onDatagram: (receive) => void receivers.push(receive),
      close: () => Promise.resolve(note("close network")),
    },
    lifelines: {
      hold: () => {},
      onEnd: (ended) => void (calls.ended = ended),
      close: () => Promise.resolve(note("close lifelines")),
    },
    addresses: {
      add(vips) {
        note(`add ${vips.join(" ")}`);
        for (const vip of vips) addresses.add(vip);
        return Promise.resolve({ done: vips, problems: [] });
      },
      remove(vips) {
        note(`remove ${vips.join(" ")}`);
        if (interfere.remove !== undefined) return interfere.remove();
        for (const vip of vips) addresses.delete(vip);
        return Promise.resolve({ done: vips, problems: [] });
      },
      observe() {
        note("observe");
        return Promise.resolve({
          whole: [...addresses].sort(),
          partial: [],
          withoutLink: [],
          withNewMac: [],
          isPlaced: true,
        });
      },
      onChange: (changed) => void (calls.changed = changed),
      close: () => Promise.resolve(note("close addresses")),
    },
    announcer: {
      announce(vips) {
        note(`announce ${vips.join(" ")}`);
        interfere.announce?.();
      },
      probe: (vips) => Promise.resolve(vips.map((vip) => ({ vip, answer: { kind: "silent" } }))),
      onConflicts: (conflicting) => void (calls.conflicting = conflicting),
      confirmations: () => new Map(),
      onConfirmed: () => {},
      close: () => Promise.resolve(note("close announcer")),
    },
    neighbours: {
      onCollected: (collected) => void (calls.collected = collected),
      remember: (from, neighbours) =>
        note(`remember ${neighbours.map(({ address }) => address).join(" ")} of ${from}`),
      summary: () => null,
      close: () => Promise.resolve(note("close neighbours")),
    },
    guard: { onDeath: () => {}, problem: () => null, release: () => Promise.resolve(note("release guard")) },
    hooks: hooks ?? noPrograms,
    checks: {
      hasAny: hasChecks,
      onChange: (changed) => void (calls.healthChanged = changed),
      close: () => Promise.resolve(note("close checks")),
    },
    drainFile: {
      path: "/var/lib/molehill/drain.json",
      found: drainFound,
      async write(record) {
        note(`write drain ${record.reason}`);
        await interfere.disk;
        return interfere.drainFile ?? null;
      },
      async remove() {
        note("remove drain");
        await interfere.disk;
        return interfere.drainFile ?? null;
      },
    },
    control: {
      onRequest: (answer) => void (calls.answer = answer),
      close: () => Promise.resolve(note("close control")),
    },
    signals: {
      onStop: (stop) => void (calls.stop = stop),
      onReload: (reload) => void (calls.reload = reload),
      onFatal: (fail) => void (calls.fail = fail),
    },
    configuration: {
      async reload() {
        note("reload");
        await interfere.reload?.();
        const { file } = files;
        if ("problems" in file) return { kind: "refused", problems: file.problems };
        return { kind: "taken", group: file.group, segments: segmentsOf(file.group) };
      },
      isChecked: () => hasChecks,
    },
    record: {
      append: (entries) => {
        for (const entry of entries) recorded.push({ number: recorded.length + 1, at: "", ...entry });
      },
      after: (number) => recorded.filter((entry) => entry.number > number),
      last: () => recorded.length,
      close: () => Promise.resolve(note("close record")),
    },
    log: { write: (level, text) => void logged.push({ level, text }) },
  };

  const exit = runDaemon({
    group,
    self: name,
    incarnation: incarnation(life),
    version: "1.2.3",
    segments: segmentsOf(group),
    authenticator: createAuthenticator(["secret"], group.name),
    ports,
  });
  return {
    name,
    addresses,
    done,
    logged,
    exit,
    interfere,
    ask: (request) => calls.answer(request),
    signal: (signal) => calls.stop(signal),
    get file() {
      return files.file;
    },
    set file(file) {
      files.file = file;
    },
    hangUp: () => calls.reload(),
    crash: (error) => calls.fail(error),
    collect: (neighbours) => calls.collected(neighbours),
    checksFail: (failing) => calls.healthChanged(failing),
    addressesChanged: () => calls.changed(),
    receive: (datagram, segment = segments[0] ?? segmentName("lan")) =>
      receivers.forEach((receive) => receive(datagram, segment)),
  };
}

const noPrograms: HookPrograms = {
  configured: () => noHooks,
  placeOf: () => ({ addresses: [], interfaces: [] }),
  start: () => {
    throw new Error("There is no hook to start");
  },
};

interface Alarm {
  at: Instant | null;
  ring: () => void;
}

/** Clocks that show one time, which passes only when it is told to. */
function createTimeline() {
  let now = instant(1_000);
  const alarms: Alarm[] = [];
  const next = (until: Instant): Alarm | undefined =>
    alarms.filter(({ at }) => at !== null && at <= until).sort((a, b) => (a.at ?? 0) - (b.at ?? 0))[0];

  return {
    clock(ahead: number): Clock {
      const alarm: Alarm = { at: null, ring: () => {} };
      alarms.push(alarm);
      return {
        now: () => now,
        wallTime: () => Date.UTC(2030, 0, 1) + ahead + now,
        setAlarm: (at) => void (alarm.at = at),
        onAlarm: (ring) => void (alarm.ring = ring),
        later(wait, call) {
          const once: Alarm = { at: instant(now + wait), ring: call };
          alarms.push(once);
          return () => void (once.at = null);
        },
      };
    },
    async advance(ms: number): Promise<void> {
      const until = instant(now + ms);
      await everythingUnderWay();
      for (let alarm = next(until); alarm !== undefined; alarm = next(until)) {
        now = instant(Math.max(now, alarm.at ?? now));
        alarm.at = null;
        alarm.ring();
        await everythingUnderWay();
      }
      now = until;
    },
  };
}

/** All promises that can settle without time have settled when the machine's next timer rings. */
const everythingUnderWay = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 0));
