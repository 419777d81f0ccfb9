// Hosts of a group on one faked timeline: real daemons with the real core and codec, on ports that a test looks at
// and interferes with. Nothing waits: time passes only in `advance`.

import type { ControlRequest, ControlResponse } from "../../src/codec/control.ts";
import {
  type Group,
  type HostName,
  incarnation,
  type Instant,
  instant,
  type VipName,
} from "../../src/core/vocabulary.ts";
import { runDaemon } from "../../src/daemon/daemon.ts";
import type { AddressOutcome, Clock, LogLevel, Ports } from "../../src/daemon/ports.ts";
import { createAuthenticator } from "../../src/host/authenticator.ts";

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
  crash(error: Error): void;
  /** As the watch on the addresses would call. */
  addressesChanged(): void;
  receive(datagram: Uint8Array): void;
  /** Replaces what a port does; undefined: as usual. */
  readonly interfere: {
    remove?: () => Promise<AddressOutcome>;
    announce?: () => void;
  };
}

export interface FakeWorld {
  readonly hosts: ReadonlyMap<HostName, FakeHost>;
  /** Lets so many milliseconds pass, with all that happens in them. */
  advance(ms: number): Promise<void>;
}

/** Starts a daemon for each of the names. */
export function startHosts(
  group: Group,
  { names, leftovers = [] }: { readonly names: readonly HostName[]; readonly leftovers?: readonly VipName[] },
): FakeWorld {
  const timeline = createTimeline();
  const hosts = new Map<HostName, FakeHost>();
  for (const [place, name] of names.entries()) {
    const clock = timeline.clock();
    hosts.set(name, startHost({ group, name, clock, hosts, leftovers, life: place + 1 }));
  }
  return { hosts, advance: (ms) => timeline.advance(ms) };
}

interface HostParts {
  readonly group: Group;
  readonly name: HostName;
  readonly clock: Clock;
  readonly hosts: ReadonlyMap<HostName, FakeHost>;
  readonly leftovers: readonly VipName[];
  readonly life: number;
}

function startHost({ group, name, clock, hosts, leftovers, life }: HostParts): FakeHost {
  const receivers: ((datagram: Uint8Array) => void)[] = [];
  const calls = {
    stop: (_: string) => {},
    fail: (_: unknown) => {},
    changed: () => {},
    answer: (_: ControlRequest): Promise<ControlResponse> => Promise.reject(new Error("nobody answers yet")),
  };
  const done: string[] = [];
  const logged: { level: LogLevel; text: string }[] = [];
  const addresses = new Set(leftovers);
  const interfere: FakeHost["interfere"] = {};
  const note = (what: string) => void done.push(what);
  const deliver = (to: Iterable<FakeHost | undefined>, datagrams: readonly Uint8Array[]) => {
    for (const host of to) for (const datagram of datagrams) queueMicrotask(() => host?.receive(datagram));
  };

  const ports: Ports = {
    clock,
    network: {
      broadcast(datagrams) {
        note("broadcast");
        deliver([...hosts.values()].filter((host) => host.name !== name), datagrams);
      },
      send: (to, datagrams) => deliver([hosts.get(to)], datagrams),
      onDatagram: (receive) => receivers.push((datagram) => receive(datagram, "lan" as never)),
      close: () => Promise.resolve(note("close network")),
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
        return Promise.resolve({ whole: [...addresses].sort(), partial: [], isPlaced: true });
      },
      onChange: (changed) => void (calls.changed = changed),
      close: () => Promise.resolve(note("close addresses")),
    },
    announcer: {
      announce(vips) {
        note(`announce ${vips.join(" ")}`);
        interfere.announce?.();
      },
      close: () => Promise.resolve(note("close announcer")),
    },
    guard: { onDeath: () => {}, release: () => Promise.resolve(note("release guard")) },
    control: {
      onRequest: (answer) => void (calls.answer = answer),
      close: () => Promise.resolve(note("close control")),
    },
    signals: {
      onStop: (stop) => void (calls.stop = stop),
      onFatal: (fail) => void (calls.fail = fail),
    },
    log: { write: (level, text) => void logged.push({ level, text }) },
  };

  const exit = runDaemon({
    group,
    self: name,
    incarnation: incarnation(life),
    version: "1.2.3",
    addresses: new Map(group.vips.map((vip, place) => [vip.name, [`192.0.2.${place + 1}/32`]])),
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
    crash: (error) => calls.fail(error),
    addressesChanged: () => calls.changed(),
    receive: (datagram) => receivers.forEach((receive) => receive(datagram)),
  };
}

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
    clock(): Clock {
      const alarm: Alarm = { at: null, ring: () => {} };
      alarms.push(alarm);
      return {
        now: () => now,
        wallTime: () => Date.UTC(2030, 0, 1) + now,
        setAlarm: (at) => void (alarm.at = at),
        onAlarm: (ring) => void (alarm.ring = ring),
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
