import { deepEqual, equal } from "node:assert/strict";
import { type VipName, vipName } from "../../src/core/vocabulary.ts";
import { Gate } from "../../src/simulator/gate.ts";
import { Random } from "../../src/simulator/random.ts";
import { Timeline } from "../../src/simulator/timeline.ts";

const [webA, webB] = [vipName("web-a"), vipName("web-b")];

function gateOf(most: number) {
  const timeline = new Timeline();
  const opened: VipName[] = [];
  const gate = new Gate({
    timeline,
    random: new Random("gate"),
    most,
    opened: (vip, admit) => void (admit() && opened.push(vip)),
  });
  return { timeline, gate, opened };
}

Deno.test("a VIP that comes anew waits at the gate once, a renewal does not", () => {
  const { timeline, gate, opened } = gateOf(1_000);
  deepEqual(gate.pass([webA, webB]), []);
  deepEqual(gate.pass([webA]), []);
  timeline.runUntil(1_000);
  deepEqual(opened.toSorted(), [webA, webB]);
  deepEqual(gate.pass([webA, webB]), [webA, webB]);
});

Deno.test("a VIP that is withdrawn does not come, and waits anew when it is asked for again", () => {
  const { timeline, gate, opened } = gateOf(1_000);
  gate.pass([webA]);
  gate.withdraw([webA]);
  deepEqual(gate.pass([webA]), []);
  timeline.runUntil(2_000);
  deepEqual(opened, [webA]);
  gate.withdraw([webA]);
  deepEqual(gate.pass([webA]), []);
});

Deno.test("many waits are over just after a view is installed", () => {
  const { timeline, gate, opened } = gateOf(1e9);
  gate.pass(Array.from({ length: 100 }, (_, at) => vipName(`vip-${at}`)));
  gate.viewInstalled();
  timeline.runUntil(10);
  equal(opened.length > 30, true);
});

Deno.test("where there is no gate nothing waits", () => {
  deepEqual(gateOf(0).gate.pass([webA]), [webA]);
});
