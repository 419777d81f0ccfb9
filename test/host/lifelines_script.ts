// Run by either runtime: holds on to one peer, prints what happens, and ends when its standard input does.
//
//   lifelines_script.ts LOCAL PEER PORT

import { hostName, incarnation, segmentName } from "../../src/core/vocabulary.ts";
import process from "node:process";
import { openLifelines } from "../../src/host/lifelines.ts";

const [local = "", peer = "", port = ""] = Deno.args;
const say = (text: string) => console.log(text);
const lifelines = openLifelines([{
  segment: segmentName("lan"),
  mode: "unicast",
  address: null,
  port: Number(port),
  local,
  peers: new Map([[hostName("peer"), peer]]),
}], { log: { write: (_level, text) => say(text) } });
lifelines.onEnd(({ host, incarnation }) => say(`${host} ${incarnation} has ended`));
lifelines.hold({ host: hostName("peer"), incarnation: incarnation(1) });
say("holds");
process.stdin.on("end", () => void lifelines.close().then(() => say("closed")));
process.stdin.resume();
