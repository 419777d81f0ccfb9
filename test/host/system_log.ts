// A system log of the tests' own: a Unix datagram socket, as rsyslog and journald have it at /dev/log.

import { openKernelSocket } from "../../src/host/kernel_socket.ts";

export interface SystemLog extends Disposable {
  /** What came since the last call. */
  received(): readonly string[];
}

/** Listens at the path, until it is disposed of; its socket file stays, as that of a system log that died. */
export function startSystemLog(path: string): SystemLog {
  const name = new TextEncoder().encode(path);
  const bindTo = new Uint8Array(2 + name.length + 1);
  bindTo[0] = 1;
  bindTo.set(name, 2);
  const socket = openKernelSocket({ domain: 1, type: 2, protocol: 0, bindTo });
  if ("problem" in socket) throw new Error(`Cannot listen at ${path}: ${socket.problem}`);
  return {
    received() {
      const found: string[] = [];
      for (let next = socket.receive(); next !== null; next = socket.receive()) {
        found.push(new TextDecoder().decode(next));
      }
      return found;
    },
    [Symbol.dispose]: () => socket.close(),
  };
}
