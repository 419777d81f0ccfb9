// The system log: datagrams to /dev/log, as the C library's syslog(3) sends them. Neither node:dgram nor a runtime speaks
// to Unix datagram sockets, and @logtape/syslog speaks to the network only, so they go through a kernel socket. It never
// waits. Nothing is kept connected: each message is sent by the path, so a system log that was restarted, or was not there
// before, gets the next one.

import process from "node:process";
import type { LogRecord } from "@logtape/logtape";
import { openKernelSocket } from "./kernel_socket.ts";
import { syslogMessage } from "./log_line.ts";
import { createLineWriter } from "./standard_error.ts";

export interface SyslogEvents {
  /** Nothing was taken of this time (milliseconds since 1970) and after it. `problem` is for people. */
  readonly onTrouble: (problem: string, since: number) => void;
  readonly onMended: () => void;
  /** The entry that says how many were lost. */
  readonly lost: (count: number) => LogRecord;
}

export interface Syslog {
  /** Never waits, never throws. */
  write(record: LogRecord): void;
  /** Done when every entry was taken, or when there was enough time to take them. */
  flush(): Promise<void>;
  close(): Promise<void>;
}

export interface SyslogOptions {
  /** As syslog.h numbers it. */
  readonly facility: number;
  readonly events: SyslogEvents;
  /** Where the system log listens. */
  readonly path?: string;
  /** What was not taken for so many milliseconds is told. */
  readonly patienceMs?: number;
}

/** By its name in syslog(3). */
export function facilityNumber(name: string): number {
  const [, local] = /^local([0-7])$/.exec(name) ?? [];
  if (local !== undefined) return 16 + Number(local);
  return name === "user" ? 1 : name === "syslog" ? 5 : DAEMON;
}

const DAEMON = 3;
/** <sys/socket.h> */
const AF_UNIX = 1, SOCK_DGRAM = 2;
/** What rsyslog takes as it comes, and more than any entry has. */
const MESSAGE_BYTES_MAX = 8_000;

/** Opens nothing but a socket of this process; whether anybody listens is seen by the first entry. */
export function openSyslog(
  { facility, events, path = "/dev/log", patienceMs = 1_000 }: SyslogOptions,
): Syslog {
  const socket = openKernelSocket({ domain: AF_UNIX, type: SOCK_DGRAM, protocol: 0 });
  const to = addressOf(path);
  let newest = 0;
  /** The time of the first entry that was refused. */
  let refusedFrom: number | null = null;
  let refusedAt = 0;
  let isTroubled = false;
  const message = (record: LogRecord) => syslogMessage(record, { facility, pid: process.pid });
  const writer = createLineWriter(send, (count) => message(events.lost(count)));
  return {
    write(record) {
      newest = record.timestamp;
      writer.write(message(record));
    },
    async flush() {
      await writer.flush();
      if (refusedFrom !== null) tell(refusedFrom);
    },
    async close() {
      await this.flush();
      if (!("problem" in socket)) socket.close();
    },
  };

  function send(bytes: Uint8Array): number {
    if (!("problem" in socket) && socket.send(bytes.subarray(0, MESSAGE_BYTES_MAX), to)) {
      refusedFrom = null;
      if (isTroubled) events.onMended();
      isTroubled = false;
      return bytes.length;
    }
    if (refusedFrom === null) refusedAt = performance.now();
    refusedFrom ??= newest;
    if (performance.now() - refusedAt >= patienceMs) tell(refusedFrom);
    return 0;
  }

  function tell(since: number): void {
    if (isTroubled) return;
    isTroubled = true;
    const found = "problem" in socket ? socket.problem : "nobody takes it there";
    events.onTrouble(`${found} (wanted a system log that takes datagrams)`, since);
  }
}

/** struct sockaddr_un of unix(7). */
function addressOf(path: string): Uint8Array {
  const name = new TextEncoder().encode(path);
  const address = new Uint8Array(2 + name.length + 1);
  new DataView(address.buffer).setUint16(0, AF_UNIX, true);
  address.set(name, 2);
  return address;
}
