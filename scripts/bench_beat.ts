// When a host was heard last decides how long its silence goes unnoticed: so where that matters, a fault strikes at a
// known moment between two beats, the same one for both programs.
//
//     beat             beat                              beat: a heartbeat of Molehill, an advert of keepalived
//      |<-- share -->|  .                                share of the interval: 0.1, 0.3, 0.5, 0.7, 0.9 in five runs
//                  fault

import type { Group } from "./bench_group.ts";
import { LAB_NETWORKS, LAB_UDP_PORT } from "../test/support/lab_network.ts";
import {
  closeSocket,
  createPoll,
  type FrameFilter,
  IF_EQUAL,
  IPV4,
  LOAD_BYTE,
  LOAD_HALF,
  LOAD_WORD,
  macBytes,
  openFrameSocket,
  RETURN,
} from "../test/support/raw_socket.ts";
import { sleep } from "../test/support/wait.ts";

/** Waits for the next beat of the host to pass on the switch, and for a share (0 to 1) of the interval more. */
export async function passBeat(
  { lab, pace, program }: Group,
  of: { host: string; share: number },
): Promise<void> {
  const { mac, switchNamespace } = lab.host(of.host).place;
  const interval = program === "Molehill" ? pace.heartbeatMs : pace.advertMs;
  const place = { namespace: switchNamespace, bridge: LAB_NETWORKS.lan.bridge };
  const passing = openFrameSocket(place, beatsOf(macBytes(mac)));
  try {
    const [isHeard] = createPoll([passing.descriptor])(BEATS_MAX * interval);
    if (!isHeard) throw new Error(`Waited in vain for ${of.host} to say that it lives`);
  } finally {
    closeSocket(passing);
  }
  await sleep(of.share * interval);
}

/** A host that says nothing for longer is not well. */
const BEATS_MAX = 10;

const UDP = 17, VRRP = 112;

/** Datagrams of Molehill and adverts of keepalived that come from the MAC; offsets of Ethernet II, RFC 791 and 768. */
const beatsOf = (mac: Uint8Array): FrameFilter => {
  const view = new DataView(mac.buffer, mac.byteOffset);
  return [
    [LOAD_WORD, 0, 0, 6],
    [IF_EQUAL, 0, 9, view.getUint32(0)],
    [LOAD_HALF, 0, 0, 10],
    [IF_EQUAL, 0, 7, view.getUint16(4)],
    [LOAD_HALF, 0, 0, 12],
    [IF_EQUAL, 0, 5, IPV4],
    [LOAD_BYTE, 0, 0, 23],
    [IF_EQUAL, 4, 0, VRRP],
    [IF_EQUAL, 0, 2, UDP],
    [LOAD_HALF, 0, 0, 36],
    [IF_EQUAL, 1, 0, LAB_UDP_PORT],
    [RETURN, 0, 0, 0],
    [RETURN, 0, 0, 0xffff],
  ];
};
