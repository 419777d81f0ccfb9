// Looks whether a neighbour is there, as a rule the router: asks the network who has its address, by ARP (RFC 826) or
// neighbour discovery (RFC 4861), in nobody's name, so that no neighbour learns anything from it. Routers answer that
// even where they drop pings. A few questions go out, for one may be lost; any claim to the address is an answer.

import { probeFrame } from "../codec/announcement.ts";
import { type Claim, parseClaim } from "../codec/claim.ts";
import { assert } from "../core/assert.ts";
import { parseIpAddress } from "../core/ip_address.ts";
import { type Looker, onGiveUp, type Probe } from "./check.ts";
import { openPacketSocket, type PacketSocket } from "./packet_socket.ts";

/** So many questions are asked in the time that there is. */
const QUESTIONS = 3;

export function createGatewayLooker(
  { address: text, interface: on }: Probe & { readonly kind: "gateway" },
): Looker {
  const address = parseIpAddress(text);
  assert(address !== null, `"${text}" is the canonical text of an address`);
  let socket: PacketSocket | null = null;
  let hear = (_: Claim) => {};

  return {
    look({ giveUp, timeout }) {
      const opened = open();
      if (typeof opened === "string") return Promise.resolve(opened);
      const link = opened.link(on);
      if (link === null) return Promise.resolve(`there is no interface "${on}", or it is not Ethernet`);
      return new Promise((done) => {
        let asked = 0;
        let isSent = false;
        const ask = () => {
          isSent = opened.send(probeFrame(link.mac, address.bytes), link) || isSent;
          asked += 1;
          if (asked === QUESTIONS) clearInterval(timer);
        };
        const over = (problem: string | null) => {
          clearInterval(timer);
          forget();
          hear = () => {};
          done(problem);
        };
        hear = (claim) => claim.address === text ? over(null) : undefined;
        const timer = setInterval(ask, timeout / QUESTIONS);
        const forget = onGiveUp(giveUp, () => {
          // This process may have been kept from running: then an answer has come that nobody has heard yet.
          opened.read();
          over(isSent ? "" : `"${on}" takes no frames: it is down, or its queue is full`);
        });
        ask();
      });
    },
    close() {
      socket?.close();
      socket = null;
    },
  };

  function open(): PacketSocket | string {
    if (socket !== null) return socket;
    const opened = openPacketSocket();
    if (opened.kind === "refused") return opened.problem;
    socket = opened.socket;
    socket.onFrame((frame) => {
      const claim = parseClaim(frame);
      if (claim !== null) hear(claim);
    });
    return socket;
  }
}
