import assert from "node:assert/strict";
import { WINDOW } from "../../src/codec/receiver.ts";
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
  Deno.test(`${name} brings a message over as it was, once, also one that was overtaken`, () => {
    const receive = wire.receiver(self);
    const [first, second] = [wire.encode(spoken(1)), wire.encode(spoken(2))];
    assert.equal(first.length, 1);
    const [one, two] = [...first, ...second];
    assert.ok(one !== undefined && two !== undefined);
    const heard = receive(two);
    assert.deepEqual(heard && { sender: heard.sender, message: heard.message }, spoken(2));
    assert.equal(receive(two), null);
    assert.notEqual(receive(one), null);
    assert.equal(receive(one), null);
  });

  Deno.test(`${name} refuses what is far behind`, () => {
    const receive = wire.receiver(self);
    const heard = (number: number) => wire.encode(spoken(number)).map(receive).some((each) => each !== null);
    assert.ok(heard(100));
    assert.ok(heard(100 - WINDOW + 1));
    assert.ok(!heard(100 - WINDOW));
    assert.ok(heard(200));
    assert.ok(!heard(101));
    assert.ok(heard(199));
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
