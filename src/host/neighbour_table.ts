// The kernel's table of neighbours, as far as it may be of use to others.

import { type KernelNeighbour, kernelNeighbourOf, neighboursOn } from "../codec/netlink_neighbours.ts";
import { everyLink, kernelLinkOf } from "../codec/netlink_links.ts";
import { type Parsed, parsed } from "../codec/parsed.ts";
import { type NetlinkRequests, openNetlinkRequests } from "./netlink_requests.ts";

export interface NeighbourTable {
  /** The neighbours on each of these interfaces of this host; none of one that is not there. */
  read(interfaces: Iterable<string>): Parsed<ReadonlyMap<string, readonly KernelNeighbour[]>>;
  close(): void;
}

/** Opens the way to it; `problem` is for people. */
export function openNeighbourTable(): NeighbourTable | { readonly problem: string } {
  const requests = openNetlinkRequests();
  if ("problem" in requests) return requests;
  return { read: (interfaces) => readTable(requests, interfaces), close: () => requests.close() };
}

function readTable(
  requests: NetlinkRequests,
  interfaces: Iterable<string>,
): ReturnType<NeighbourTable["read"]> {
  const links = requests.list(everyLink(), kernelLinkOf);
  if (!links.ok) return links;
  const indexes = new Map(links.value.map(({ name, index }) => [name, index]));
  const found = new Map<string, readonly KernelNeighbour[]>();
  for (const name of interfaces) {
    const index = indexes.get(name);
    if (index === undefined) continue;
    const neighbours = requests.list(neighboursOn(index), kernelNeighbourOf);
    if (!neighbours.ok) return neighbours;
    found.set(name, neighbours.value.filter((each) => each.index === index));
  }
  return parsed(found);
}
