// What was seen while a story was played, as the lines that are recorded:
//
//    500  b               has not heard a for 500 ms
//    500  b → c           propose 2@b {b c}
//    501  c → b           report for 2@b: holds web
//
// Milliseconds since the step began, who, what. A host in brackets after the arrow was sent the message and did not get
// it. Routine is left out: heartbeats without news, renewals, and announcements again after the first.

import type { NodeEffect, Note } from "../../src/core/events.ts";
import type { Heartbeat, Sender } from "../../src/core/message.ts";
import type { HostName, VipName } from "../../src/core/vocabulary.ts";
import type { DaemonChange, Occurrence, World } from "../../src/simulator/occurrence.ts";
import { noteText } from "../../src/daemon/note_text.ts";
import { Announcements } from "./announcements.ts";
import { membersText, messageText, viewText } from "./message_text.ts";

interface Entry {
  /** Milliseconds since the simulation began. */
  readonly at: number;
  readonly who: () => string;
  /** As far as is known at a time. */
  readonly what: (until: number) => string;
}

interface Change {
  readonly at: number;
  readonly host: HostName;
  readonly sign: string;
  readonly by: string;
  readonly vips: VipName[];
}

/** A message is late when it takes longer: its receiver was asleep. */
const lateAfter = 50;

interface Repetition {
  count: number;
  last: number;
}

type Sending = NodeEffect & { readonly kind: "broadcast" | "send" };

export class Trace {
  readonly #entries: Entry[] = [];
  readonly #said = new Map<HostName, Heartbeat>();
  /** Who got each message in time, by its sender, life and sequence. */
  readonly #sent = new Map<string, { readonly at: number; readonly got: Set<HostName> }>();
  readonly #announcements = new Announcements();
  readonly #repetitions = new Map<string, Repetition>();
  /** Who has logged what: hosts that log the same are one line. */
  readonly #logged = new Map<string, { readonly at: number; readonly hosts: HostName[] }>();
  #lastChange: Change | null = null;

  /** The lines of a span of time, with times that count from its beginning. */
  lines(from: number, until: number): readonly string[] {
    const within = this.#entries.filter(({ at, what }) => at >= from && at < until && what(until) !== "");
    const width = Math.max(8, ...within.map(({ who }) => who().length));
    return within.flatMap(({ at, who, what }) => {
      const margin = `${String(Math.floor(at - from + 0.001)).padStart(7)}  ${who().padEnd(width)}  `;
      return wrapped(what(until)).map((line, index) =>
        (index === 0 ? margin : " ".repeat(margin.length + 2)) + line
      );
    });
  }

  /** A line of the story itself. */
  tell(at: number, who: string, what: string): void {
    this.#add({ at, who, what: `*** ${what}` });
  }

  watch(occurrence: Occurrence, world: World): void {
    switch (occurrence.kind) {
      case "stepped":
        if (occurrence.event.kind === "messageReceived") {
          this.#received(occurrence.host, occurrence.event.sender, world);
        }
        for (const effect of occurrence.effects) this.#effect(occurrence.host, effect, world);
        return;
      case "appeared":
      case "vanished":
        return this.#address(occurrence, world.now);
      case "daemon":
        return this.#daemon(occurrence.host, occurrence.change, world);
      default:
        return;
    }
  }

  #add({ at, who, what }: { readonly at: number; readonly who: string; readonly what: string }): void {
    this.#entries.push({ at, who: () => who, what: () => what });
  }

  #received(host: HostName, sender: Sender, { now }: World): void {
    const message = this.#sent.get(keyOf(sender));
    if (message !== undefined && now - message.at <= lateAfter) message.got.add(host);
  }

  #effect(host: HostName, effect: NodeEffect, world: World): void {
    switch (effect.kind) {
      case "broadcast":
        return this.#message(host, effect, { world, to: othersUp(host, world) });
      case "send":
        return this.#message(host, effect, { world, to: [effect.to] });
      case "announce":
        return this.#announcement(host, effect.vips, world);
      case "note":
        return this.#note(host, effect.note, world);
      case "addAddresses":
      case "removeAddresses":
      case "observeAddresses":
        return;
    }
  }

  #message(
    host: HostName,
    { kind, message, sequence }: Sending,
    { world, to }: { readonly world: World; readonly to: readonly HostName[] },
  ): void {
    const what = messageText(message, this.#said.get(host) ?? null);
    if (message.kind === "heartbeat") this.#said.set(host, message);
    if (what === null || to.length === 0) return;
    const life = world.hosts.find(({ name }) => name === host)?.status()?.incarnation;
    const got = new Set<HostName>();
    this.#sent.set(`${host} ${life} ${sequence}`, { at: world.now, got });
    const more = kind === "send" ? this.#repetition(`${host} ${to} ${what}`, world) : null;
    if (more === "isOne") return;
    const repeated = () => (more === null || more.count === 0 ? "" : ` (${more.count} times more)`);
    this.#entries.push({
      at: world.now,
      who: () => directionText(host, to, got),
      what: () => what + repeated(),
    });
  }

  /** Whether a message that asks again has asked before; else where those that follow are counted. */
  #repetition(key: string, { now }: World): Repetition | "isOne" {
    const known = this.#repetitions.get(key);
    if (known !== undefined && now - known.last < 2 * lateAfter + 1) {
      known.count++;
      known.last = now;
      return "isOne";
    }
    const first: Repetition = { count: 0, last: now };
    this.#repetitions.set(key, first);
    return first;
  }

  /** Several VIPs that come or go together are one line. */
  #address({ kind, host, vip, by }: Occurrence & { kind: "appeared" | "vanished" }, at: number): void {
    if (vip === null) return;
    const sign = kind === "appeared" ? "+" : "-";
    this.#announcements.forget(host, vip);
    const last = this.#lastChange;
    if (last !== null && last.at === at && last.host === host && last.sign === sign && last.by === by) {
      last.vips.push(vip);
      return;
    }
    const change: Change = { at, host, sign, by, vips: [vip] };
    this.#lastChange = change;
    const hand = by === "daemon" ? "" : ` (${handText[by]})`;
    this.#entries.push({ at, who: () => host, what: () => `${sign} ${change.vips.join(" ")}${hand}` });
  }

  #announcement(host: HostName, vips: readonly VipName[], { now }: World): void {
    const announced = vips.map((vip) => ({ vip, ...this.#announcements.hear(host, vip, now) }));
    const what = (until: number) => {
      const first = announced.filter(({ chain }) => chain.at === now);
      const again = new Set(first.flatMap(({ chain }) => chain.again.filter((after) => now + after < until)));
      const later = again.size === 0 ? "" : ` (again after ${[...again].join(", ")} ms)`;
      return first.length === 0 ? "" : `announces ${first.map(({ vip }) => vip).join(" ")}${later}`;
    };
    this.#entries.push({ at: now, who: () => host, what });
  }

  #note(host: HostName, note: Note, world: World): void {
    const what = newsOf(note, world);
    if (what === null) return;
    const logged = this.#logged.get(what);
    if (logged !== undefined && world.now - logged.at < lateAfter) {
      logged.hosts.push(host);
      return;
    }
    const hosts = [host];
    if (what.startsWith(logs)) this.#logged.set(what, { at: world.now, hosts });
    this.#entries.push({ at: world.now, who: () => hosts.join(" "), what: () => what });
  }

  #daemon(host: HostName, change: DaemonChange, { now }: World): void {
    if (change === "started") this.#said.delete(host);
    if (change === "exited") this.#add({ at: now, who: host, what: "the daemon ends" });
  }
}

const logs = "logs: ";
const widthMax = 100;

/** The text as lines that are not too long. */
function wrapped(text: string): readonly string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(" ")) {
    if (line !== "" && line.length + 1 + word.length > widthMax) {
      lines.push(line);
      line = word;
    } else line += line === "" ? word : ` ${word}`;
  }
  return [...lines, line];
}

/** What a note tells that the messages and addresses around it do not; else null. */
function newsOf(note: Note, { group }: World): string | null {
  switch (note.kind) {
    case "hostSilent":
      return `has not heard ${note.host} for ${Math.round(note.silentFor)} ms`;
    case "viewInstalled":
      if (note.members.length > 1 || group.hosts.length === 1) return null;
      return `installs ${viewText(note.view)} ${membersText(note.members)}${
        note.mature ? "" : ", not mature"
      }`;
    case "matured":
      return "is mature";
    case "fenced":
      return `fences itself: ${fenceText[note.because]}`;
    case "unfenced":
      return "is free of VIPs and speaks again";
    case "started":
    case "hostHeard":
    case "hostRestarted":
    case "hostLeft":
    case "viewProposed":
    case "vipMoved":
    case "vipAcquired":
    case "vipReleased":
    case "draining":
    case "resumed":
    case "leaving":
    case "left":
      return null;
    default:
      return logs + noteText(note).text;
  }
}

const fenceText = {
  paused: "it did not run for longer than the timeout",
  leftOut: "its coordinator went on without it",
  addressLost: "none of its own addresses is left",
  quorumLost: "no majority has vouched for it lately",
} as const;

const handText = {
  guard: "by the guard",
  lease: "its lease ends",
  person: "by hand",
  power: "the power is gone",
} as const;

const keyOf = ({ host, incarnation, sequence }: Sender): string => `${host} ${incarnation} ${sequence}`;

const othersUp = (host: HostName, { hosts }: World): readonly HostName[] =>
  hosts.filter(({ name, daemon }) => name !== host && daemon !== "down").map(({ name }) => name);

function directionText(from: HostName, to: readonly HostName[], got: ReadonlySet<HostName>): string {
  const missed = to.filter((host) => !got.has(host));
  return [
    from,
    "→",
    ...to.filter((host) => got.has(host)),
    ...(missed.length === 0 ? [] : [`(${missed.join(" ")})`]),
  ]
    .join(" ");
}
