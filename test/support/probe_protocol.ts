// What the lab and its two probe processes say to each other: one JSON line for a command, one for its answer.

import type { SwitchPlace } from "./raw_socket.ts";

export type ProbeCommand =
  /** Starts a new window; everything counted so far is forgotten. */
  | { readonly kind: "begin" }
  /** Ends the window and reports it. */
  | { readonly kind: "end" }
  /** Reports how it is just now; the window goes on. */
  | { readonly kind: "peek" };

export interface EchoOptions {
  /** Addresses that are probed, without prefix. */
  readonly addresses: readonly string[];
  /** Between two probes of one address, in milliseconds. */
  readonly everyMs: number;
}

export type EchoAnswer =
  | { readonly kind: "begun" }
  | EchoWindow
  | { readonly kind: "now"; readonly silentMs: readonly number[] };

export interface EchoWindow {
  readonly kind: "window";
  readonly windowMs: number;
  /**
   * The longest time for which the machine did not let the probe itself run: no gap is known more precisely than
   * this, in milliseconds.
   */
  readonly longestStallMs: number;
  /** In the order in which the addresses were given. */
  readonly addresses: readonly EchoFigures[];
}

export interface EchoFigures {
  readonly address: string;
  readonly sent: number;
  /** Sent in the window and never answered. */
  readonly lost: number;
  /** The longest time without an answer, in milliseconds; the edges of the window count as answers. */
  readonly longestGapMs: number;
  /** When the longest gap began, in milliseconds since the window began. */
  readonly longestGapAtMs: number;
}

export interface WatchOptions {
  readonly addresses: readonly string[];
  /** Where the answers pass. */
  readonly switch: SwitchPlace;
  /** Between two questions for one address, in milliseconds. */
  readonly everyMs: number;
  /** The watcher's own interface, MAC and IPv4 address. */
  readonly interfaceName: string;
  readonly mac: string;
  readonly sender: string;
}

export type WatchAnswer =
  | { readonly kind: "begun" }
  | { readonly kind: "window"; readonly windowMs: number; readonly addresses: readonly HolderFigures[] }
  | { readonly kind: "now"; readonly holders: readonly (readonly string[])[] };

export interface HolderFigures {
  readonly address: string;
  /** The MACs that answered in the last round of questions of the window. */
  readonly holders: readonly string[];
  /** How long two or more MACs answered for it, in milliseconds: at least so long, and at most a round more. */
  readonly twoHoldersMs: number;
  /** Echo replies that passed the switch, to whomever. */
  readonly echoReplies: number;
  /** Who answered for it, in time: the MACs, and since when in milliseconds since the window began. */
  readonly history: readonly { readonly atMs: number; readonly macs: readonly string[] }[];
}

/** Reads commands from standard input as they come, without ever waiting; null at its end. */
export function createCommandReader(): () => readonly ProbeCommand[] | null {
  const chunk = new Uint8Array(4096);
  const decoder = new TextDecoder();
  let rest = "";
  return () => {
    const length = Deno.stdin.readSync(chunk);
    if (length === null) return null;
    const lines = (rest + decoder.decode(chunk.subarray(0, length))).split("\n");
    rest = lines.pop() ?? "";
    return lines.map((line) => JSON.parse(line) as ProbeCommand);
  };
}

/** Writes one answer line, whole. */
export function writeAnswer(answer: EchoAnswer | WatchAnswer): void {
  let bytes = new TextEncoder().encode(JSON.stringify(answer) + "\n");
  while (bytes.length > 0) bytes = bytes.subarray(Deno.stdout.writeSync(bytes));
}
