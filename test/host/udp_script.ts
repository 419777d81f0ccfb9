// One host of a group of datagram speakers. The one argument is its segments (JSON); commands come as lines on
// standard input ("broadcast TEXT", "send HOST TEXT", "adopt PLACES"), and what it hears goes out as lines ("SEGMENT TEXT").

import { hostName } from "../../src/core/vocabulary.ts";
import { openNetwork } from "../../src/host/udp.ts";
import type { PlacedSegment } from "../../src/host/udp_segment.ts";
import { linesOf } from "./lines.ts";

type Place = Omit<PlacedSegment, "peers"> & { readonly peers: Readonly<Record<string, string>> };

const placesOf = (json: string | undefined): readonly PlacedSegment[] =>
  (JSON.parse(json ?? "") as readonly Place[]).map(({ peers, ...place }) => ({
    ...place,
    peers: new Map(Object.entries(peers).map(([name, address]) => [hostName(name), address])),
  }));

const outcome = await openNetwork(
  placesOf(Deno.args[0]),
  { log: { write: (level, text) => console.log(`${level} ${text}`) } },
);

if (outcome.kind === "problems") {
  console.log(JSON.stringify(outcome.problems));
} else {
  const { network } = outcome;
  network.onDatagram((datagram, segment) => console.log(`${segment} ${new TextDecoder().decode(datagram)}`));
  console.log("open");
  for await (const line of linesOf(Deno.stdin.readable)) {
    const [command, ...words] = line.split(" ");
    const bytes = (text: string | undefined) => [new TextEncoder().encode(text)];
    if (command === "broadcast") network.broadcast(bytes(words[0]));
    if (command === "send") network.send(hostName(words[0] ?? ""), bytes(words[1]));
    if (command === "adopt") network.adopt(placesOf(words[0]));
  }
  await network.close();
}
