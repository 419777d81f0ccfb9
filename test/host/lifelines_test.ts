import assert from "node:assert/strict";
import { connect, createServer, type Server, type Socket } from "node:net";
import { hostName, incarnation, type Member, segmentName } from "../../src/core/vocabulary.ts";
import { type LocalLifelines, openLifelines } from "../../src/host/lifelines.ts";
import type { PlacedSegment } from "../../src/host/udp_segment.ts";
import { mustRun } from "../support/command.ts";
import { inside } from "../support/namespace.ts";
import { runtimes } from "../support/runtimes.ts";
import { waitUntil } from "../support/wait.ts";
import { layCable } from "./cable.ts";
import { linesOf } from "./lines.ts";

const SCRIPT = new URL("lifelines_script.ts", import.meta.url).pathname;
const [HERE, THERE, STRANGER] = ["127.77.0.1", "127.77.0.2", "127.77.0.3"];
let nextPort = 20_000 + Deno.pid % 20_000;

interface Ours {
  readonly lifelines: LocalLifelines;
  readonly ended: Member[];
  readonly warnings: string[];
  readonly port: number;
}

function place(port: number, peers: readonly string[] = [THERE]): PlacedSegment {
  const others = peers.map((address, at) => [hostName(`peer${at}`), address] as const);
  return {
    segment: segmentName("lan"),
    mode: "unicast",
    address: null,
    port,
    local: HERE,
    peers: new Map(others),
  };
}

async function withLifelines(test: (ours: Ours) => Promise<void>, port = nextPort++): Promise<void> {
  const [ended, warnings]: [Member[], string[]] = [[], []];
  const log = { write: (_: string, text: string) => void warnings.push(text) };
  const lifelines = openLifelines([place(port)], { log });
  lifelines.onEnd((member) => void ended.push(member));
  try {
    await test({ lifelines, ended, warnings, port });
  } finally {
    await lifelines.close();
  }
}

/** A peer whose connections a test ends as it likes. */
class Peer {
  readonly sockets: Socket[] = [];
  readonly #server: Server;

  constructor(port: number) {
    this.#server = createServer((socket) => {
      socket.on("error", () => {});
      this.sockets.push(socket);
    }).listen({ host: THERE, port });
  }

  connected(count = 1): Promise<void> {
    return waitUntil(() => this.sockets.length >= count, { what: `${count} connections` });
  }

  /** As its kernel does when the process dies. */
  async die(): Promise<void> {
    const closed = new Promise<void>((resolve) => void this.#server.close(() => resolve()));
    for (const socket of this.sockets) socket.destroy();
    await closed;
  }
}

const life = (number: number): Member => ({ host: hostName("peer0"), incarnation: incarnation(number) });
/** Long enough for a hint that must not come: one takes a few milliseconds. */
const aWhile = () => new Promise((resolve) => setTimeout(resolve, 150));

Deno.test("the end of a connection is told, when another one is refused", () =>
  withLifelines(async ({ lifelines, ended, port }) => {
    const peer = new Peer(port);
    lifelines.hold(life(1));
    await peer.connected();
    await peer.die();
    await waitUntil(() => ended.length > 0, { what: "the hint" });
    assert.deepEqual(ended, [life(1)]);
  }));

Deno.test("a connection that ends while the peer still listens is made again, and nothing is told", () =>
  withLifelines(async ({ lifelines, ended, port }) => {
    const peer = new Peer(port);
    lifelines.hold(life(1));
    await peer.connected();
    peer.sockets[0]?.destroy();
    await peer.connected(2);
    await aWhile();
    assert.deepEqual(ended, []);
    await peer.die();
    await waitUntil(() => ended.length > 0, { what: "the hint" });
  }));

Deno.test("a life whose end was told, and that is heard all the same, is held again", () =>
  withLifelines(async ({ lifelines, ended, port }) => {
    const first = new Peer(port);
    lifelines.hold(life(1));
    await first.connected();
    await first.die();
    await waitUntil(() => ended.length === 1, { what: "the hint" });
    const again = new Peer(port);
    lifelines.hold(life(1));
    await again.connected();
    await again.die();
    await waitUntil(() => ended.length === 2, { what: "the second hint" });
  }));

Deno.test("a host that is heard and to which no connection can be made is told of once", () =>
  withLifelines(async ({ lifelines, warnings, port }) => {
    const heard = setInterval(() => lifelines.hold(life(1)), 100);
    await waitUntil(() => warnings.length > 0, { what: "the warning", atMostMs: 30_000 });
    clearInterval(heard);
    assert.equal(
      warnings.join(),
      `Cannot connect to host "peer0", which is heard, on TCP port ${port} of ${THERE}: ECONNREFUSED; ` +
        `should its daemon die suddenly, this host notices by its silence`,
    );
  }));

Deno.test("a connection that could never be made tells nothing", () =>
  withLifelines(async ({ lifelines, ended }) => {
    lifelines.hold(life(1));
    await aWhile();
    assert.deepEqual(ended, []);
  }));

Deno.test("another life takes the place of an earlier one, of which nothing is told any more", () =>
  withLifelines(async ({ lifelines, ended, port }) => {
    const peer = new Peer(port);
    lifelines.hold(life(1));
    await peer.connected();
    lifelines.hold(life(1));
    lifelines.hold(life(2));
    await peer.connected(2);
    await peer.die();
    await waitUntil(() => ended.length > 0, { what: "the hint" });
    assert.deepEqual(ended, [life(2)]);
  }));

Deno.test("a host that is not in the file any more is let go", () =>
  withLifelines(async ({ lifelines, ended, port }) => {
    const peer = new Peer(port);
    lifelines.hold(life(1));
    await peer.connected();
    lifelines.adopt([place(port, [])]);
    await peer.die();
    await aWhile();
    assert.deepEqual(ended, []);
  }));

/** Connects to us; tells when we have ended that. */
async function knock(
  port: number,
  from: string,
): Promise<{ readonly socket: Socket; readonly closed: Promise<void> }> {
  const socket = connect({ host: HERE, port, localAddress: from });
  socket.on("error", () => {});
  const closed = new Promise<void>((resolve) => void socket.on("close", () => resolve()));
  await new Promise<void>((resolve) => void socket.on("connect", () => resolve()));
  socket.resume();
  return { socket, closed };
}

Deno.test("a stranger, a peer that says something, and one connection too many are cut off", () =>
  withLifelines(async ({ port }) => {
    await (await knock(port, STRANGER)).closed;
    const talker = await knock(port, THERE);
    talker.socket.write("hello");
    await talker.closed;
    const kept = await Promise.all([1, 2, 3, 4].map(() => knock(port, THERE)));
    await (await knock(port, THERE)).closed;
    for (const { socket } of kept) socket.destroy();
    await Promise.all(kept.map(({ closed }) => closed));
  }));

Deno.test("a port that another program uses is told of, with what it means", async () => {
  const port = nextPort++;
  const other = createServer().listen({ host: HERE, port });
  await withLifelines(async ({ warnings }) => {
    await waitUntil(() => warnings.length > 0, { what: "the warning" });
    assert.match(
      warnings[0] ?? "",
      /^Cannot listen on TCP port \d+ of 127\.77\.0\.1 \(segment "lan"\): another program uses it;/,
    );
  }, port);
  await new Promise<void>((closed) => void other.close(() => closed()));
});

for (const [runtime, words] of Object.entries(runtimes)) {
  const start = (namespace: string, args: readonly string[]) => {
    const [program = "", ...rest] = [...inside(namespace), ...words, SCRIPT, ...args];
    const child = new Deno.Command(program, {
      args: rest,
      stdin: "piped",
      stdout: "piped",
      stderr: "inherit",
    }).spawn();
    const lines = linesOf(child.stdout);
    return { child, next: async () => (await lines.next()).value, end: () => child.stdin.close() };
  };

  const sockets = (namespace: string, filter: string) =>
    mustRun([...inside(namespace), "ss", "-Hnt", ...filter.split(" ")]);

  Deno.test(`a peer that is killed is told of; one whose link is cut is not, on ${runtime}`, async () => {
    await using cable = await layCable();
    const there = start(cable.neighbour, ["192.168.9.50", "192.168.9.160", "4803"]);
    await waitUntil(async () => (await sockets(cable.neighbour, "-l sport = :4803")) !== "", {
      what: "the peer to listen",
    });
    const here = start(cable.host, ["192.168.9.160", "192.168.9.50", "4803"]);
    assert.equal(await here.next(), "holds");
    await waitUntil(async () => (await sockets(cable.host, "state established dport = :4803")) !== "", {
      what: "the connection",
    });
    await mustRun(["ip", "-n", cable.neighbour, "link", "set", "eth0", "down"]);
    await aWhile();
    await mustRun(["ip", "-n", cable.neighbour, "link", "set", "eth0", "up"]);
    there.child.kill("SIGKILL");
    await there.child.status;
    assert.equal(await here.next(), "peer 1 has ended");
    await here.end();
    assert.equal(await here.next(), "closed");
    await here.child.status;
  });
}
