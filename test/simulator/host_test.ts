import assert from "node:assert/strict";
import {
  hostName,
  incarnation,
  type Instant,
  instant,
  sequence,
  vipName,
} from "../../src/core/vocabulary.ts";
import { fakeGroup, fakeProgram } from "./fakes.ts";
import { type Program, SimulatedHost } from "../../src/simulator/host.ts";
import type { Occurrence } from "../../src/simulator/occurrence.ts";
import { Random } from "../../src/simulator/random.ts";
import { Timeline } from "../../src/simulator/timeline.ts";
import { type Packet, plainWire } from "../../src/simulator/wire.ts";

const group = fakeGroup(["a", "b", "c"], ["v"]);
const [a, b, c] = [hostName("a"), hostName("b"), hostName("c")];
const v = vipName("v");
const leased = { by: "daemon", lease: 3_000 } as const;

function alone(program: Program) {
  const timeline = new Timeline();
  const sent: { readonly packet: Packet; readonly to: string }[] = [];
  const told: Occurrence[] = [];
  const announced: { readonly host: string; readonly addresses: readonly string[] }[] = [];
  const host = new SimulatedHost(a, {
    neighboursEvery: null,
    gateMax: 0,
    timeline,
    random: new Random("host"),
    file: group,
    everyone: [a, b, c],
    hasChecks: false,
    drift: 1e-4,
    program,
    wire: plainWire,
    transmit: (packet, { to }) => sent.push({ packet, to }),
    ended: () => {},
    answerer: () => null,
    announce: (announcement) => announced.push(announcement),
    tell: (occurrence) => told.push(occurrence),
  });
  return { timeline, host, sent, told, announced };
}

const kinds = (program: { readonly events: readonly { readonly kind: string }[] }) =>
  program.events.map(({ kind }) => kind);

function packetFrom(from: string, number: number): Packet {
  const sender = { host: hostName(from), incarnation: incarnation(7), sequence: sequence(number) };
  return { sender, message: { kind: "farewell" } };
}

Deno.test("SimulatedHost performs effects in order and answers commands with events", () => {
  const program = fakeProgram((event) =>
    event.kind === "started" ? [{ kind: "addAddresses", vips: [v] }] : []
  );
  const { timeline, host } = alone(program);
  host.start();
  timeline.runUntil(20);
  assert.deepEqual(kinds(program).slice(0, 2), ["started", "addressesAdded"]);
  assert.ok(host.has(v));
  assert.ok(kinds(program).includes("addressesObserved"), "the watch tells of the new address");
});

Deno.test("SimulatedHost broadcasts to all others, and sends to one", () => {
  const message = { kind: "farewell" } as const;
  const program = fakeProgram((event) =>
    event.kind === "started"
      ? [{ kind: "broadcast", sequence: sequence(1), message }, {
        kind: "send",
        to: c,
        sequence: sequence(2),
        message,
      }]
      : []
  );
  const { host, sent } = alone(program);
  host.start();
  assert.deepEqual(sent.map(({ to }) => to), [b, c, c]);
});

Deno.test("SimulatedHost rings the alarm at the deadline on its own clock, never early", () => {
  let deadline: Instant | null = null;
  const program = fakeProgram(() => [], () => deadline);
  const { timeline, host } = alone(program);
  host.start();
  deadline = instant((program.times[0] ?? 0) + 100);
  host.operate({ kind: "balance" });
  timeline.runUntil(99);
  assert.deepEqual(kinds(program), ["started", "operatorRequested"]);
  deadline = null;
  timeline.runUntil(103);
  assert.deepEqual(kinds(program), ["started", "operatorRequested", "clockTicked"]);
  const late = (program.times[2] ?? 0) - (program.times[0] ?? 0) - 100;
  assert.ok(late >= 0 && late <= 3, `${late} ms late`);
});

Deno.test("SimulatedHost.kill() lets the guard remove the VIPs within 50 ms, if it lives", () => {
  for (const guard of [true, false]) {
    const { timeline, host } = alone(fakeProgram());
    host.start();
    host.kernel.add([v], leased);
    host.kill({ guard });
    assert.ok(host.has(v), "not at once");
    timeline.runUntil(50);
    assert.equal(host.has(v), !guard);
    assert.equal(host.daemon, "down");
  }
});

Deno.test("SimulatedHost.losePower() takes the addresses along at once", () => {
  const { host } = alone(fakeProgram());
  host.start();
  host.kernel.add([v], leased);
  host.losePower();
  assert.ok(!host.has(v));
});

Deno.test("SimulatedHost hears nothing while it is paused, and at most a socket buffer of it afterwards", () => {
  const program = fakeProgram();
  const { host } = alone(program);
  host.start();
  host.pause();
  for (let number = 1; number <= 300; number++) host.receive(packetFrom("b", number));
  host.operate({ kind: "balance" });
  assert.deepEqual(kinds(program), ["started"]);
  host.wake();
  assert.equal(kinds(program).filter((kind) => kind === "messageReceived").length, 200);
});

Deno.test("SimulatedHost wakes to the alarm first or to the datagrams first, as chance has it", () => {
  const program = fakeProgram();
  const { host } = alone(program);
  host.start();
  const firsts = new Set<string | undefined>();
  for (let number = 1; number <= 40; number++) {
    host.pause();
    host.receive(packetFrom("b", number));
    const before = program.events.length;
    host.wake();
    firsts.add(program.events[before]?.kind);
  }
  assert.deepEqual([...firsts].sort(), ["clockTicked", "messageReceived"]);
});

Deno.test("SimulatedHost's kernel lets go of VIPs when their lease ends, though the daemon is paused", () => {
  const { timeline, host } = alone(fakeProgram());
  host.start();
  host.kernel.add([v], leased);
  host.pause();
  timeline.runUntil(3_501);
  assert.ok(!host.has(v));
});

Deno.test("SimulatedHost exits when its node has left, and starts again as another incarnation", () => {
  const incarnations = new Set<number>();
  const program = fakeProgram();
  const { host, told } = alone({
    start(of) {
      incarnations.add(of.incarnation);
      return program.start(of);
    },
  });
  host.start();
  program.hasLeft = true;
  host.operate({ kind: "stop" });
  assert.equal(host.daemon, "down");
  program.hasLeft = false;
  host.start();
  const changes = told.flatMap((each) => each.kind === "daemon" ? [each.change] : []);
  assert.deepEqual(changes, ["started", "exited", "started"]);
  assert.equal(incarnations.size, 2);
});

Deno.test("SimulatedHost announces addresses, not names", () => {
  const program = fakeProgram((event) =>
    event.kind === "started" ? [{ kind: "announce", vips: [v], isFirst: true }] : []
  );
  const { host, announced } = alone(program);
  host.start();
  assert.deepEqual(announced, [{ host: a, addresses: ["v"] }]);
});

Deno.test("SimulatedHost.reload() tells the daemon, at once or when it wakes, and only of another file", () => {
  const [first, second] = [fakeGroup(["a", "b", "c"], ["v"]), fakeGroup(["a", "b", "c"], ["w"])];
  const program = fakeProgram();
  const { host } = alone(program);
  host.start();
  host.reload(first);
  host.reload(first);
  assert.deepEqual(kinds(program), ["started", "configurationChanged"]);
  host.pause();
  host.reload(second);
  assert.equal(host.group, first);
  host.wake();
  assert.equal(host.group, second);
  assert.equal(kinds(program).filter((kind) => kind === "configurationChanged").length, 2);
});

Deno.test("SimulatedHost starts with the file that it got while it was down", () => {
  const other = fakeGroup(["a", "b", "c"], ["w"]);
  const program = fakeProgram();
  const { host } = alone(program);
  host.reload(other);
  assert.deepEqual(program.events, []);
  host.start();
  assert.equal(host.group, other);
});

Deno.test("SimulatedHost.jump() moves its clock forward, and rings the alarm that is due by then", () => {
  let deadline: Instant | null = null;
  const program = fakeProgram(() => [], () => deadline);
  const { timeline, host } = alone(program);
  host.start();
  deadline = instant((program.times[0] ?? 0) + 1_000);
  host.operate({ kind: "balance" });
  host.jump(5_000);
  timeline.runUntil(3);
  assert.deepEqual(kinds(program).slice(0, 3), ["started", "operatorRequested", "clockTicked"]);
  assert.ok((program.times[2] ?? 0) - (program.times[0] ?? 0) >= 5_000);
});

Deno.test("SimulatedHost takes for foreign what an earlier daemon has left and this one's file does not have", () => {
  const { host } = alone(fakeProgram());
  const [known, unknown] = [host.group.vips[0]?.addresses[0]?.address ?? "", "10.9.9.9"];
  host.kernel.add([known, unknown], { by: "daemon", lease: 3_000 });
  assert.ok(!host.isForeign(known) && !host.isForeign(unknown));
  host.start();
  assert.ok(!host.isForeign(known) && host.isForeign(unknown));
});

Deno.test("SimulatedHost takes for foreign what a command of an earlier daemon adds while another one runs", () => {
  let lives = 0;
  const { host, timeline } = alone(fakeProgram((event) => {
    if (event.kind === "started") lives++;
    return event.kind === "started" && lives !== 2 ? [{ kind: "addAddresses", vips: [v] }] : [];
  }));
  host.start();
  host.kill({ guard: false });
  host.start();
  timeline.runUntil(20);
  assert.ok(host.has(v) && host.isForeign(v));
  host.kill({ guard: false });
  timeline.runUntil(4_000);
  assert.ok(!host.has(v));
  host.start();
  timeline.runUntil(4_020);
  assert.ok(host.has(v) && !host.isForeign(v));
});
