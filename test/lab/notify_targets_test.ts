// What goes over the wire to notify targets: no more questions in a second than the throttle says, and pings in a VIP's
// name to those who answered.

import assert from "node:assert/strict";
import type { Lab } from "../support/lab.ts";
import { type PassingFrame, watchFrames } from "../support/passing_frames.ts";
import { IF_EQUAL, LOAD_BYTE, LOAD_HALF, RETURN } from "../support/raw_socket.ts";
import { newLab, UNHURRIED } from "../support/started_lab.ts";
import { addressBytes } from "../support/raw_socket.ts";
import { waitUntil } from "../support/wait.ts";

const VIPS = [{ name: "web-a", addresses: ["192.168.9.109/32", "fd00:9::109/128"] }];
const THROTTLE = 16;

/** ARP, neighbour solicitations, and echo requests of both families. */
const NOTIFYING = [
  [LOAD_HALF, 0, 0, 12],
  [IF_EQUAL, 9, 0, 0x0806],
  [IF_EQUAL, 3, 0, 0x86dd],
  [LOAD_BYTE, 0, 0, 23],
  [IF_EQUAL, 0, 5, 1],
  [RETURN, 0, 0, 0xffff],
  [LOAD_BYTE, 0, 0, 20],
  [IF_EQUAL, 0, 2, 58],
  [LOAD_BYTE, 0, 0, 54],
  [RETURN, 0, 0, 0xffff],
  [RETURN, 0, 0, 0],
  [RETURN, 0, 0, 0xffff],
] as const;

const text = (bytes: Uint8Array, from: number, length: number): string =>
  bytes.slice(from, from + length).join(".");
const key = (address: string): string => addressBytes(address).join(".");

/** The questions in the name of the address that were seen: whom, and when. */
function questions(seen: readonly PassingFrame[], from: string): readonly { to: string; at: number }[] {
  return seen.flatMap(({ bytes, at }) => {
    const isArp = bytes[12] === 8 && bytes[13] === 6 && bytes[21] === 1;
    if (isArp && text(bytes, 28, 4) === key(from)) return [{ to: text(bytes, 38, 4), at }];
    const isSolicitation = bytes[12] === 0x86 && bytes[20] === 58 && bytes[54] === 135;
    return isSolicitation && text(bytes, 22, 16) === key(from) ? [{ to: text(bytes, 62, 16), at }] : [];
  }).filter(({ to }) => to !== key(from));
}

for (
  const { block, from, beginning } of [
    { block: "192.168.7.0/24", from: "192.168.9.109", beginning: "192.168.7." },
    { block: "fd00:9::7:0/121", from: "fd00:9::109", beginning: "253.0.0.9.0.0.0.0.0.0.0.0.0.7." },
  ]
) {
  Deno.test(`of the block ${block} no more are asked in a second than its throttle says, and each once`, async () => {
    await using lab = await newLab({
      vips: VIPS,
      notified: [{ address: block, throttle: THROTTLE }],
      timing: UNHURRIED,
    });
    using frames = watchFrames(lab, NOTIFYING);
    for (const host of lab.hosts) host.start();
    // The kernel asks for the client in the VIP's name, too.
    const asked = () => questions(frames.seen, from).filter(({ to }) => to.startsWith(beginning));
    await waitUntil(() => asked().length >= 6 * THROTTLE, { what: "six seconds' share of questions" });
    const times = asked();
    const perSecond = Map.groupBy(times, ({ at }) => Math.floor((at - (times[0]?.at ?? 0)) / 1_000 + 0.1));
    console.log(
      `      ${block}: ${[...perSecond.values()].map((all) => all.length).join(" ")} questions a second`,
    );
    for (const [place, { at }] of times.entries()) {
      const later = times[place + THROTTLE]?.at ?? Infinity;
      assert.ok(later - at > 700, `${THROTTLE + 1} questions in ${Math.round(later - at)} ms`);
    }
    assert.equal(new Set(times.map(({ to }) => to)).size, times.length);
    const took = (times[6 * THROTTLE - 1]?.at ?? Infinity) - (times[0]?.at ?? 0);
    assert.ok(took < 9_000, `${6 * THROTTLE} questions took ${Math.round(took)} ms`);
  });
}

Deno.test("a target that is to be pinged is, once, by each address of a VIP, and only after it has answered", async () => {
  const [client4, client6] = ["192.168.9.50", "fd00:9::50"];
  await using lab = await newLab({
    vips: VIPS,
    timing: UNHURRIED,
    notified: [{ address: client4, ping: true }, { address: client6, ping: true }, {
      address: "192.168.9.77",
      ping: true,
    }, "192.168.8.1"],
  });
  using frames = watchFrames(lab, NOTIFYING);
  for (const host of lab.hosts) host.start();
  await lab.settled();
  const pings = () => frames.seen.flatMap(({ bytes }) => pingOf(bytes, lab)).sort();
  const wanted = [
    `${key("192.168.9.109")} pings ${key(client4)}`,
    `${key("fd00:9::109")} pings ${key(client6)}`,
  ];
  await waitUntil(() => pings().length >= 2, { what: "the pings" });
  // All announcements of the start are over by then, and with them what is asked again.
  await waitUntil(
    () => questions(frames.seen, "192.168.9.109").filter(({ to }) => to === key("192.168.9.77")).length >= 6,
    {
      what: "the one that is not there to be asked six times",
    },
  );
  assert.deepEqual(pings(), wanted.sort());
  const answers = frames.seen.filter(({ bytes }) => bytes[12] === 8 && bytes[23] === 1 && bytes[34] === 0)
    .map(({ bytes }) => `${text(bytes, 26, 4)} ${text(bytes, 30, 4)}`);
  assert.ok(answers.includes(`${key(client4)} ${key("192.168.9.109")}`), "the client has answered the ping");
});

/** Of our own alone: the lab's client pings, too. */
function pingOf(bytes: Uint8Array, lab: Lab): readonly string[] {
  const sender = [...bytes.slice(6, 12)].map((byte) => byte.toString(16).padStart(2, "0")).join(":");
  if (!lab.hosts.some(({ place }) => place.mac === sender)) return [];
  if (bytes[12] === 8 && bytes[13] === 0 && bytes[23] === 1 && bytes[34] === 8) {
    return [`${text(bytes, 26, 4)} pings ${text(bytes, 30, 4)}`];
  }
  const isPing6 = bytes[12] === 0x86 && bytes[20] === 58 && bytes[54] === 128;
  return isPing6 ? [`${text(bytes, 22, 16)} pings ${text(bytes, 38, 16)}`] : [];
}
