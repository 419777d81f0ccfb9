// Connections to the daemons of other hosts, which carry nothing. When a daemon dies, however suddenly, its kernel ends
// them at once: that tells its peers sooner than its silence would.
//
//     our daemon ──connects, when it first hears a life──▶ TCP, the segment's address and port ── peer's daemon
//                ◀── it ends; another attempt is refused: the host lives, and nobody listens there any more ──
//
// It is a hint, no proof: a firewall that is restarted does the same. Whatever else may happen to a connection (it times
// out, another attempt is accepted, it could never be made) tells nothing. Each segment that both hosts share has one
// connection, and the first that says something is believed.

import { connect, createServer, type Server, type Socket } from "node:net";
import { parseIpAddress } from "../core/ip_address.ts";
import { type HostName, isSameMember, type Member } from "../core/vocabulary.ts";
import type { Lifelines, Log } from "../daemon/ports.ts";
import { codeOf } from "./command.ts";
import type { PlacedSegment } from "./udp_segment.ts";

export interface LocalLifelines extends Lifelines {
  /** Other hosts may be in these segments from now on. Nothing else of a segment can change. */
  adopt(places: readonly PlacedSegment[]): void;
}

/** A connection that could not be made is tried again after so long, doubled each time up to the most. */
const AGAIN_MS = { first: 1_000, most: 30_000 };
/** After so many attempts in a row people are told, once, if the host was heard so lately. */
const VAIN_ATTEMPTS = 4, HEARD_WITHIN_MS = 3_000;
/** A connection that stood for less than the first of these and was dropped is made anew at once, but not for ever. */
const DROPS_MAX = 20;
/** An address that this host does not have yet. */
const LISTEN_EVERY_MS = 2_000;
/** Of one address: two lives of a daemon may overlap, and some connections may be half dead. */
const ACCEPTED_MAX = 4;
/** Half-dead connections are found so seldom because nothing but heartbeats is sent while all is well. */
const KEEP_ALIVE_MS = 60_000;

/** Listens on all segments that this host is part of, and connects to whoever is held. */
export function openLifelines(
  places: readonly PlacedSegment[],
  { log }: { readonly log: Log },
): LocalLifelines {
  let present = places;
  let ended = (_: Member) => {};
  let isClosed = false;
  const lines = new Map<HostName, Line>();
  const listeners = places.map((place) =>
    listen(place, { log, isPeer: (address) => isPeer(place, address) })
  );

  return {
    hold(member) {
      const known = lines.get(member.host);
      if (isClosed) return;
      if (known !== undefined && isSameMember(known.member, member)) {
        known.heardAt = performance.now();
        return;
      }
      known?.cut();
      const { host, incarnation } = member;
      lines.set(host, hold({ host, incarnation }));
    },
    onEnd: (call) => void (ended = call),
    adopt(to) {
      present = to;
      const peers = new Set(to.flatMap((place) => [...place.peers.keys()]));
      for (const [host, line] of lines) {
        if (peers.has(host)) continue;
        line.cut();
        lines.delete(host);
      }
    },
    async close() {
      isClosed = true;
      for (const line of lines.values()) line.cut();
      await Promise.all(listeners.map((listener) => listener.close()));
    },
  };

  function isPeer({ segment }: PlacedSegment, address: string): boolean {
    const place = present.find((each) => each.segment === segment);
    return [...place?.peers.values() ?? []].includes(address);
  }

  function hold(member: Member): Line {
    const ends = present.flatMap(({ local, port, peers }) => {
      const address = peers.get(member.host);
      const way = { local, address: address ?? "", port };
      return address === undefined
        ? []
        : [keepConnected(way, { ended: tell, inVain: (why) => warn(way, why) })];
    });
    let isOver = false;
    const line: Line = {
      member,
      heardAt: performance.now(),
      cut() {
        isOver = true;
        ends.forEach((end) => end.cut());
      },
    };
    return line;

    function tell(): void {
      if (isOver) return;
      line.cut();
      // Should it be heard again, the hint was false, and it is held again.
      if (lines.get(member.host) === line) lines.delete(member.host);
      ended(member);
    }

    function warn({ address, port }: Way, why: string): void {
      if (performance.now() - line.heardAt > HEARD_WITHIN_MS) return;
      log.write(
        "warning",
        `Cannot connect to host "${member.host}", which is heard, on TCP port ${port} of ${address}: ${why}; ` +
          `should its daemon die suddenly, this host notices by its silence`,
      );
    }
  }
}

/** What holds a life of a host's daemon. */
interface Line {
  readonly member: Member;
  /** When it was said last that it is heard. */
  heardAt: number;
  cut(): void;
}

interface Way {
  readonly local: string;
  readonly address: string;
  readonly port: number;
}

interface Calls {
  /** A connection that stood has ended, and another one is refused. */
  readonly ended: () => void;
  /** No connection could be made for a while; called once, with the reason of the last attempt. */
  readonly inVain: (why: string) => void;
}

/** Connects, and connects again. */
function keepConnected(way: Way, { ended, inVain }: Calls): { cut(): void } {
  let current: Socket | null = null;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let wait = AGAIN_MS.first;
  let drops = 0;
  let attempts = 0;
  let stableAt = 0;
  let isCut = false;
  attempt({ stoodBefore: false });
  return {
    cut() {
      isCut = true;
      clearTimeout(timer);
      current?.destroy();
    },
  };

  function attempt({ stoodBefore }: { readonly stoodBefore: boolean }): void {
    if (isCut) return;
    const socket = connect({ host: way.address, port: way.port, localAddress: way.local });
    let stands = false;
    let isOver = false;
    current = socket;
    socket.on("connect", () => {
      stands = true;
      attempts = -Infinity;
      wait = AGAIN_MS.first;
      stableAt = performance.now() + AGAIN_MS.first;
      socket.setKeepAlive(true, KEEP_ALIVE_MS);
    });
    // Nothing is ever said: what is sent is not from a daemon of ours.
    socket.on("data", () => socket.destroy());
    const over = (error?: Error) => {
      if (isOver || isCut) return;
      isOver = true;
      socket.destroy();
      if (performance.now() >= stableAt) drops = 0;
      const code = error !== undefined && "code" in error ? error.code : null;
      if (stoodBefore && code === "ECONNREFUSED") return ended();
      // While a process dies its kernel may still accept another one, and drop that a moment later.
      const isDropped = stands || (stoodBefore && code === "ECONNRESET");
      if (isDropped && drops++ < DROPS_MAX) return attempt({ stoodBefore: true });
      attempts += 1;
      if (attempts === VAIN_ATTEMPTS) inVain(code === null ? "it was closed at once" : String(code));
      timer = setTimeout(() => attempt({ stoodBefore: false }), wait);
      wait = Math.min(2 * wait, AGAIN_MS.most);
    };
    socket.on("error", over);
    socket.on("end", () => over());
    socket.on("close", () => over());
  }
}

interface Listening {
  readonly log: Log;
  readonly isPeer: (address: string) => boolean;
}

/** Accepts connections of the other hosts, and keeps them. */
function listen(
  { segment, local, port }: PlacedSegment,
  { log, isPeer }: Listening,
): { close(): Promise<void> } {
  const accepted = new Map<Socket, string>();
  let server: Server | null = null;
  let timer: ReturnType<typeof setTimeout> | undefined;
  open();
  return {
    async close() {
      clearTimeout(timer);
      const last = server;
      server = null;
      for (const socket of accepted.keys()) socket.destroy();
      if (last !== null) await new Promise<void>((closed) => last.close(() => closed()));
    },
  };

  function open(): void {
    const opening = createServer(accept);
    opening.on("error", (error) => refused(error));
    opening.listen({ host: local, port }, () => void (server = opening));
  }

  function refused(error: Error): void {
    const code = codeOf(error);
    if (code === "EADDRNOTAVAIL") {
      timer = setTimeout(open, LISTEN_EVERY_MS);
      return;
    }
    const why = code === "EADDRINUSE" ? "another program uses it" : code;
    log.write(
      "warning",
      `Cannot listen on TCP port ${port} of ${local} (segment "${segment}"): ${why}; should this daemon die ` +
        `suddenly, the other hosts notice by its silence there`,
    );
  }

  function accept(socket: Socket): void {
    const from = parseIpAddress(socket.remoteAddress ?? "")?.text ?? "";
    const others = [...accepted.values()].filter((address) => address === from).length;
    socket.on("error", () => {});
    if (!isPeer(from) || others >= ACCEPTED_MAX) return void socket.destroy();
    accepted.set(socket, from);
    socket.setKeepAlive(true, KEEP_ALIVE_MS);
    socket.on("data", () => socket.destroy());
    socket.on("end", () => socket.destroy());
    socket.on("close", () => accepted.delete(socket));
  }
}
