// Every frame of some kind that passes the switch of a lab, with when it was seen: for what a test wants to see of the
// network itself, and not of what somebody made of it. A frame is seen when this process looks, some milliseconds late.

import type { Lab } from "./lab.ts";
import { LAB_NETWORKS } from "./lab_network.ts";
import { closeSocket, type FrameFilter, openFrameSocket, receive } from "./raw_socket.ts";

export interface PassingFrame {
  readonly bytes: Uint8Array;
  /** As performance.now(). */
  readonly at: number;
}

export interface PassingFrames extends Disposable {
  /** All so far. */
  readonly seen: readonly PassingFrame[];
}

/** From now on, until it is disposed of. */
export function watchFrames(lab: Lab, filter: FrameFilter): PassingFrames {
  const [host] = lab.hosts;
  if (host === undefined) throw new Error("Cannot find the switch: the lab has no host");
  const place = { namespace: host.place.switchNamespace, bridge: LAB_NETWORKS.lan.bridge };
  const socket = openFrameSocket(place, filter);
  const buffer = new Uint8Array(2_048);
  const seen: PassingFrame[] = [];
  const timer = setInterval(() => {
    for (let length = receive(socket, buffer); length >= 0; length = receive(socket, buffer)) {
      seen.push({ bytes: buffer.slice(0, length), at: performance.now() });
    }
  }, 2);
  return {
    seen,
    [Symbol.dispose]() {
      clearInterval(timer);
      closeSocket(socket);
    },
  };
}
