import assert from "node:assert/strict";
import { hostName, incarnation, sequence } from "../../src/core/vocabulary.ts";
import { Random } from "../../src/simulator/random.ts";
import { codecWire, corruptPacket, plainWire, type Spoken } from "../../src/simulator/wire.ts";

const [a, b] = [hostName("a"), hostName("b")];
const self = { host: b, incarnation: incarnation(2) };
const wires = [["codecWire", codecWire("sim", [a, b])], ["plainWire", plainWire]] as const;

function spoken(number: number): Spoken {
  const sender = { host: a, incarnation: incarnation(1), sequence: sequence(number) };
  return { sender, message: { kind: "farewell" } };
}

for (const [name, wire] of wires) {
  Deno.test(`${name} brings a message over as it was, and nothing twice or out of order`, () => {
    const receive = wire.receiver(self);
    const [first, second] = [wire.encode(spoken(1)), wire.encode(spoken(2))];
    assert.equal(first.length, 1);
    const [one, two] = [...first, ...second];
    assert.ok(one !== undefined && two !== undefined);
    const heard = receive(two);
    assert.deepEqual(heard && { sender: heard.sender, message: heard.message }, spoken(2));
    assert.equal(receive(two), null);
    assert.equal(receive(one), null);
  });
}

Deno.test("codecWire refuses a datagram with any one bit flipped", () => {
  const wire = codecWire("sim", [a, b]);
  const random = new Random("bits");
  const [packet] = wire.encode(spoken(1));
  assert.ok(packet !== undefined);
  const receive = wire.receiver(self);
  for (let times = 0; times < 2_000; times++) assert.equal(receive(corruptPacket(packet, random)), null);
  assert.notEqual(receive(packet), null);
});
