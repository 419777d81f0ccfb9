// A few nodes on a perfect network with a 1 ms delay, and hosts whose `ip` takes 2 ms: enough to state what the
// protocol does when nothing goes wrong by chance. The simulator is for everything else.

import type { NodeEffect, NodeEvent, Note, ProbeAnswer } from "../../src/core/events.ts";
import type { Message } from "../../src/core/message.ts";
import { createNode, type Node, nodeDeadline, nodeStatus, stepNode } from "../../src/core/node.ts";
import {
  duration,
  type Group,
  type HostName,
  hostName,
  incarnation,
  instant,
  type VipName,
  vipName,
  type VipSpec,
} from "../../src/core/vocabulary.ts";
import { addressNamed } from "../support/vip_address.ts";

export interface GroupChoice {
  readonly hosts?: readonly string[];
  readonly vips?: readonly (string | (Partial<VipSpec> & { readonly name: VipName }))[];
  readonly partition?: "serve" | "quorum";
  /** Of the configuration; two with different contents need different ones. */
  readonly digest?: string;
  readonly heartbeat?: number;
  readonly timeout?: number;
  readonly mature?: number;
  readonly lease?: number | null;
}

/** A group in the default timing. */
export function groupOf(
  {
    hosts = ["a", "b", "c"],
    vips = ["v1", "v2", "v3"],
    partition = "serve",
    digest = "0123456789abcdef",
    heartbeat = 100,
    timeout = 500,
    mature = 5000,
    lease = 3000,
  }: GroupChoice,
): Group {
  const all = hosts.map(hostName);
  return {
    name: "test",
    digest,
    partition,
    timing: {
      heartbeat: duration(heartbeat),
      timeout: duration(timeout),
      mature: duration(mature),
      lease: lease === null ? null : duration(lease),
    },
    hosts: all.map((name) => ({ name, weight: 1 })),
    vips: vips.map((each) => {
      const vip = typeof each === "string" ? { name: vipName(each) } : each;
      return {
        addresses: [addressNamed(vip.name)],
        prefer: [],
        hosts: all,
        handover: "exclusive",
        takeover: "at-once",
        foreignHolder: "defend",
        ...vip,
      };
    }),
    balance: { movesPerRound: "all", interval: duration(4000) },
    refresh: null,
    settings: [{ name: "timing.timeout", value: `${timeout}ms` }],
  };
}

interface Host {
  node: Node;
  readonly kernel: Set<VipName>;
  /** "down": neither runs nor hears. "stopped": does not run, its kernel goes on. */
  state: "up" | "down" | "stopped";
}

interface Due {
  readonly at: number;
  readonly order: number;
  readonly act: () => void;
}

export class SmallGroup {
  now = 0;
  readonly hosts = new Map<string, Host>();
  readonly notes: { readonly at: number; readonly host: string; readonly note: Note }[] = [];
  /** Every change of a kernel, in order. */
  readonly kernelLog: {
    readonly at: number;
    readonly host: string;
    readonly change: "+" | "-";
    readonly vip: VipName;
  }[] = [];
  /** Machines outside of the group that answer for VIPs, by VIP. */
  readonly strangers = new Map<string, string>();
  /** Hosts whose interface has no link. */
  readonly unplugged = new Set<string>();
  /** What daemons asked the network, VIP by VIP. */
  readonly asked: { readonly at: number; readonly host: string; readonly vip: VipName }[] = [];
  /** What daemons asked to be added, or renewed. */
  readonly additions: { readonly at: number; readonly host: string; readonly vips: readonly VipName[] }[] =
    [];
  /** What daemons were to remember of others' neighbours. */
  readonly remembered: {
    readonly host: string;
    readonly from: string;
    readonly addresses: readonly string[];
  }[] = [];
  readonly announced: { readonly at: number; readonly host: string; readonly vip: VipName }[] = [];
  /** Pairs "from>to" over which nothing gets. */
  readonly cut = new Set<string>();
  /** Messages that get lost, as "host kind" or "from>to kind". */
  readonly lost = new Set<string>();
  /** What becomes of every message between its sender and its receiver. */
  onTheWay: (message: Message) => Message = (message) => message;
  /** Hosts that have an address of their own. */
  readonly placed: Set<string>;
  /** VIPs that cannot be removed, as "host/vip"; the kernel drops them when their lease ends. */
  readonly stuck = new Set<string>();
  /** How long a removal takes until it has failed, in ms. */
  failureTakes = 2;
  /** VIPs that cannot be added, as "host/vip". */
  readonly broken = new Set<string>();
  /** The configuration that each host reads when it starts, if it is not the group's. */
  readonly files = new Map<string, Group>();
  readonly #group: Group;
  #due: Due[] = [];
  #order = 0;
  #incarnations = 0;

  constructor(choice: GroupChoice = {}) {
    this.#group = groupOf(choice);
    this.placed = new Set(this.#group.hosts.map(({ name }) => name));
  }

  /** What has happened so far is of no interest. */
  forget(): void {
    for (const log of [this.notes, this.kernelLog, this.announced, this.remembered]) log.length = 0;
  }

  nodeOf(name: string): Node {
    return this.#host(name).node;
  }

  start(...names: string[]): void {
    for (const name of names) this.#begin(name, { awaitsHealth: false });
  }

  /** Starts a host that waits for the first results of its health checks. */
  startWaiting(name: string): void {
    this.#begin(name, { awaitsHealth: true });
  }

  #begin(name: string, { awaitsHealth }: { readonly awaitsHealth: boolean }): void {
    const node = createNode({
      awaitsHealth,
      group: this.files.get(name) ?? this.#group,
      self: hostName(name),
      incarnation: incarnation(++this.#incarnations),
      version: "1.2.3",
      now: instant(this.now),
    });
    const kernel = this.hosts.get(name)?.kernel ?? new Set<VipName>();
    this.hosts.set(name, { node, kernel, state: "up" });
    this.tell(name, { kind: "started" });
  }

  /** The host reads another configuration. */
  reload(name: string, choice: GroupChoice): void {
    const group = groupOf(choice);
    this.files.set(name, group);
    this.tell(name, { kind: "configurationChanged", group });
  }

  /** Power off: the host and its addresses are gone. */
  crash(name: string): void {
    const host = this.#host(name);
    host.state = "down";
    host.kernel.clear();
  }

  stop(name: string): void {
    this.#host(name).state = "stopped";
  }

  resume(name: string): void {
    this.#host(name).state = "up";
    this.tell(name, { kind: "clockTicked" });
  }

  partition(...parts: string[][]): void {
    for (const a of parts.flat()) {
      for (const b of parts.flat()) {
        if (!parts.some((part) => part.includes(a) && part.includes(b))) this.cut.add(`${a}>${b}`);
      }
    }
  }

  tell(name: string, event: NodeEvent): void {
    const host = this.#host(name);
    if (host.state !== "up") return;
    const { state, effects } = stepNode(host.node, event, instant(this.now));
    host.node = state;
    for (const effect of effects) this.#perform(name, host, effect);
  }

  /** Lets time pass. */
  run(ms: number): void {
    const end = this.now + ms;
    for (;;) {
      const next = this.#nextThing();
      if (next === null || next.at > end) break;
      this.now = Math.max(this.now, next.at);
      next.act();
    }
    this.now = end;
  }

  status(name: string) {
    return nodeStatus(this.#host(name).node, instant(this.now));
  }

  /** Who has each VIP on its kernel: "v1=a v2=b v3=c"; several as "v1=a+b", nobody as "v1=-". */
  holders(): string {
    const groups = [this.#group, ...this.files.values()];
    const vips = new Set(groups.flatMap((group) => group.vips.map(({ name }) => name)));
    return [...vips].sort().map((name) => {
      const holders = [...this.hosts].filter(([, host]) => host.kernel.has(name)).map(([host]) => host);
      return `${name}=${holders.join("+") || "-"}`;
    }).join(" ");
  }

  #nextThing(): { at: number; act: () => void } | null {
    let due: Due | null = null;
    for (const each of this.#due) {
      if (due === null || each.at < due.at || (each.at === due.at && each.order < due.order)) due = each;
    }
    let alarm: { at: number; host: string } | null = null;
    for (const [host, { node, state }] of this.hosts) {
      const at = state === "up" ? nodeDeadline(node) : null;
      if (at !== null && (alarm === null || at < alarm.at)) alarm = { at, host };
    }
    if (due !== null && (alarm === null || due.at <= alarm.at)) {
      const { at, act } = due;
      return { at, act: () => (this.#due = this.#due.filter((each) => each !== due), act()) };
    }
    return alarm && { at: alarm.at, act: () => this.tell(alarm.host, { kind: "clockTicked" }) };
  }

  #perform(name: string, host: Host, effect: NodeEffect): void {
    switch (effect.kind) {
      case "broadcast":
        for (const to of this.hosts.keys()) if (to !== name) this.#deliver(name, to, effect);
        return;
      case "send":
        return this.#deliver(name, effect.to, effect);
      case "addAddresses":
        this.additions.push({ at: this.now, host: name, vips: effect.vips });
        return this.#later(2, () => this.#add(name, host, effect.vips));
      case "removeAddresses":
        return this.#later(2, () => this.#remove(name, host, effect.vips));
      case "probeAddresses":
        this.asked.push(...effect.vips.map((vip) => ({ at: this.now, host: name, vip })));
        return this.#later(8, () =>
          this.tell(name, {
            kind: "addressesProbed",
            answers: effect.vips.map((vip) => ({ vip, answer: this.#answer(name, vip) })),
          }));
      case "observeAddresses":
        return this.#later(2, () => this.observe(name));
      case "note":
        this.notes.push({ at: this.now, host: name, note: effect.note });
        return;
      case "rememberNeighbours":
        this.remembered.push({
          host: name,
          from: effect.from,
          addresses: effect.neighbours.map(({ address, age }) => `${address} ${Math.round(age)}`),
        });
        return;
      case "announce":
        this.announced.push(...effect.vips.map((vip) => ({ at: this.now, host: name, vip })));
        return;
    }
  }

  /** Tells the host what is on its kernel. */
  observe(name: string): void {
    const whole = [...this.#host(name).kernel].sort();
    this.tell(name, {
      kind: "addressesObserved",
      observed: {
        whole,
        partial: [],
        withoutLink: this.unplugged.has(name) ? this.nodeOf(name).group.vips.map((vip) => vip.name) : [],
        withNewMac: [],
        isPlaced: this.placed.has(name),
      },
    });
  }

  /** The interface of the host's VIPs loses its link, or has it again. */
  plug(name: string, hasLink: boolean): void {
    if (hasLink) this.unplugged.delete(name);
    else this.unplugged.add(name);
    this.observe(name);
  }

  /** SIGKILL: the kernel keeps what the guard does not remove, and others hear that the connection has ended. */
  kill(name: string, { guardAfter }: { readonly guardAfter: number | null }): void {
    const host = this.#host(name);
    host.state = "stopped";
    for (const other of this.hosts.keys()) {
      if (other !== name) {
        this.#later(1, () => this.tell(other, { kind: "connectionEnded", member: host.node.self }));
      }
    }
    if (guardAfter === null) return;
    this.#later(guardAfter, () => [...host.kernel].forEach((vip) => this.#drop(name, host, vip)));
  }

  #answer(name: string, vip: VipName): ProbeAnswer["answer"] {
    const stranger = this.strangers.get(vip);
    if (stranger !== undefined) return { kind: "answered", by: { mac: stranger, host: null } };
    for (const [other, { kernel, state }] of this.hosts) {
      if (other === name || state === "down" || !kernel.has(vip)) continue;
      return { kind: "answered", by: { mac: `mac of ${other}`, host: hostName(other) } };
    }
    return { kind: "silent" };
  }

  #deliver(from: string, to: string, effect: NodeEffect & { kind: "broadcast" | "send" }): void {
    const { kind } = effect.message;
    if (this.cut.has(`${from}>${to}`)) return;
    if (this.lost.has(`${from} ${kind}`) || this.lost.has(`${from}>${to} ${kind}`)) return;
    // As the codec does, hosts that the receiver's configuration does not have are not listened to.
    if (!this.hosts.get(to)?.node.group.hosts.some(({ name }) => name === from)) return;
    const { host, incarnation } = this.#host(from).node.self;
    const sender = { host, incarnation, sequence: effect.sequence };
    const message = this.onTheWay(effect.message);
    this.#later(1, () => {
      if (this.hosts.has(to)) this.tell(to, { kind: "messageReceived", sender, message });
    });
  }

  #add(name: string, host: Host, vips: readonly VipName[]): void {
    if (host.state === "down") return;
    const added = vips.filter((vip) => !this.broken.has(`${name}/${vip}`));
    const failed = vips.filter((vip) => !added.includes(vip));
    for (const vip of added) {
      if (host.kernel.has(vip)) continue;
      host.kernel.add(vip);
      this.kernelLog.push({ at: this.now, host: name, change: "+", vip });
    }
    if (added.length > 0) this.tell(name, { kind: "addressesAdded", vips: added });
    if (failed.length === 0) return;
    this.tell(name, {
      kind: "addressesAddFailed",
      problems: failed.map((vip) => ({ vip, problem: "broken" })),
    });
  }

  #remove(name: string, host: Host, vips: readonly VipName[]): void {
    if (host.state === "down") return;
    const failed = vips.filter((vip) => this.stuck.has(`${name}/${vip}`));
    const removed = vips.filter((vip) => !failed.includes(vip));
    for (const vip of removed) this.#drop(name, host, vip);
    if (removed.length > 0) this.tell(name, { kind: "addressesRemoved", vips: removed });
    if (failed.length > 0) this.#later(this.failureTakes - 2, () => this.#failToRemove(name, host, failed));
  }

  #failToRemove(name: string, host: Host, vips: readonly VipName[]): void {
    for (const vip of vips) this.#later(3500, () => this.#drop(name, host, vip));
    this.tell(name, {
      kind: "addressesRemoveFailed",
      problems: vips.map((vip) => ({ vip, problem: "stuck" })),
    });
  }

  /** A person adds a VIP by hand. */
  intrude(name: string, vip: string): void {
    this.#host(name).kernel.add(vipName(vip));
    this.observe(name);
  }

  #drop(name: string, host: Host, vip: VipName): void {
    if (host.kernel.delete(vip)) this.kernelLog.push({ at: this.now, host: name, change: "-", vip });
  }

  #later(ms: number, act: () => void): void {
    this.#due.push({ at: this.now + ms, order: this.#order++, act });
  }

  #host(name: string): Host {
    const host = this.hosts.get(name);
    if (!host) throw new Error(`no host ${name} in this group`);
    return host;
  }
}

/** A group of which all hosts, or those named, have run for a second. */
export function startedGroup(choice: GroupChoice = {}, ...hosts: string[]): SmallGroup {
  const group = new SmallGroup(choice);
  group.start(...hosts.length > 0 ? hosts : group.placed);
  group.run(1_000);
  return group;
}

export const vip = (
  name: string,
  more: Partial<VipSpec> = {},
): Partial<VipSpec> & { readonly name: VipName } => ({
  ...more,
  name: vipName(name),
});
export const names = (...hosts: string[]): HostName[] => hosts.map(hostName);
