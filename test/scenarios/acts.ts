// The commands that let something happen, as a table: the pattern that a command is read by, an example for the
// person who got it wrong, and what it does. Most are faults that the simulator knows, which last until another
// command ends them or the story is over.

import type { OperatorRequest } from "../../src/core/events.ts";
import { type Group, type HostName, type VipName } from "../../src/core/vocabulary.ts";
import type { Fault } from "../../src/simulator/plan.ts";
import type { TimedAct } from "./script.ts";

/** What a command does; `text` is how the trace tells of it, and `who` to whom it happens. */
export interface Act {
  readonly who: string;
  readonly text: string;
  readonly does: Doing;
}

export type Doing =
  /** Begins at its time, and lasts as long as it says, or until another command ends it: it is told how long. */
  | { readonly kind: "begins"; readonly fault: (at: number, lasts: number) => Fault }
  /** Ends the faults that it is true of. */
  | { readonly kind: "ends"; readonly which: (fault: Fault) => boolean }
  /** The same, or starts the host for the first time. */
  | { readonly kind: "starts"; readonly host: HostName };

/** A command that cannot be read; the message says what was found and what was wanted. */
export class Misread extends Error {}

interface Form {
  readonly pattern: RegExp;
  readonly example: string;
  readonly act: (words: Words) => Act;
}

/** The words that the pattern has found, in the group. */
interface Words {
  readonly host: (name: string) => HostName;
  readonly hosts: (name: string) => readonly HostName[];
  readonly vip: (name: string) => VipName;
  readonly text: (name: string) => string;
  readonly time: (name: string) => number;
  readonly has: (name: string) => boolean;
  readonly group: Group;
}

/** In place of a length: until another command ends it. */
const open = NaN;

const forms: readonly Form[] = [
  {
    pattern: /^start (?<host>\S+)$/,
    example: "start a",
    act: ({ host }) => start(host("host")),
  },
  {
    pattern: /^stop (?<host>\S+)$/,
    example: "stop a",
    act: ({ host }) => onHost(host("host"), "is told to stop", { kind: "stop", down: open }),
  },
  {
    pattern: /^kill (?<host>\S+?)(?<bare> without guard)?$/,
    example: "kill a [without guard]",
    act: ({ host, has }) =>
      onHost(host("host"), has("bare") ? "is killed, and its guard too" : "is killed (SIGKILL)", {
        kind: "kill",
        guard: !has("bare"),
        down: open,
      }),
  },
  {
    pattern: /^power (?<host>\S+)$/,
    example: "power a",
    act: ({ host }) => onHost(host("host"), "loses its power", { kind: "powerLoss", down: open }),
  },
  {
    pattern: /^pause (?<host>\S+)$/,
    example: "pause a",
    act: ({ host }) => onHost(host("host"), "hangs (SIGSTOP)", { kind: "pause", lasts: open }),
  },
  {
    pattern: /^wake (?<host>\S+)$/,
    example: "wake a",
    act: ({ host }) => ({
      who: host("host"),
      text: "runs again (SIGCONT)",
      does: { kind: "ends", which: (fault) => fault.kind === "pause" && fault.host === host("host") },
    }),
  },
  {
    pattern: /^unplug (?<host>\S+)$/,
    example: "unplug a",
    act: ({ host }) =>
      onHost(host("host"), "the interface of its VIPs loses its link", { kind: "unplug", lasts: open }),
  },
  {
    pattern: /^plug (?<host>\S+)$/,
    example: "plug a",
    act: ({ host }) => ({
      who: host("host"),
      text: "the interface of its VIPs has its link again",
      does: { kind: "ends", which: (fault) => fault.kind === "unplug" && fault.host === host("host") },
    }),
  },
  {
    pattern: /^fail (?<check>\S+) on (?<hosts>[^:]+?)( for (?<vip>\S+))?$/,
    example: "fail http on a b [for web]",
    act: ({ hosts, text, has, vip }) =>
      fault(hosts("hosts").join(" "), {
        kind: "unhealthy",
        hosts: hosts("hosts"),
        check: text("check"),
        vips: has("vip") ? [vip("vip")] : null,
        lasts: open,
      }, `check ${text("check")} fails${has("vip") ? `, which is for ${vip("vip")} alone` : ""}`),
  },
  {
    pattern: /^pass (?<check>\S+) on (?<hosts>.+)$/,
    example: "pass http on a b",
    act: ({ hosts, text }) => ({
      who: hosts("hosts").join(" "),
      text: `check ${text("check")} passes again`,
      does: {
        kind: "ends",
        which: (fault) =>
          fault.kind === "unhealthy" && fault.check === text("check") &&
          fault.hosts.join(" ") === hosts("hosts").join(" "),
      },
    }),
  },
  {
    pattern: /^hint (?<host>\S+) about (?<about>\S+)$/,
    example: "hint a about b",
    act: ({ host }) =>
      onHost(host("host"), `its connection to ${host("about")} ends, for no good reason`, {
        kind: "falseHint",
        about: host("about"),
      }),
  },
  {
    pattern: /^cut (?<from>\S+) (?<way>->|--) (?<to>\S+?)( for (?<lasts>\S+))?$/,
    example: "cut a -> b [for 5ms], or both ways: cut a -- b",
    act: ({ host, text, has, time }) => {
      const way = text("way") === "--" ? "nothing passes either way" : "nothing passes";
      return fault(`${host("from")} ${text("way") === "--" ? "×" : "×→"} ${host("to")}`, {
        kind: "cut",
        from: host("from"),
        to: host("to"),
        bothWays: text("way") === "--",
        lasts: has("lasts") ? time("lasts") : open,
      }, has("lasts") ? `${way} for ${text("lasts")}` : way);
    },
  },
  {
    pattern: /^partition (?<one>[^|]+?) \| (?<other>[^|]+?)( on segment (?<segment>[1-9]))?$/,
    example: "partition a b | c [on segment 2]",
    act: ({ hosts, group, has, text }) => {
      const [one, other] = [hosts("one"), hosts("other")];
      const missing = group.hosts.find(({ name }) => !one.includes(name) && !other.includes(name));
      if (missing !== undefined) throw new Misread(`host "${missing.name}" is on neither side`);
      const where = has("segment") ? ` on segment ${text("segment")}` : "";
      const segment = has("segment") ? { segment: Number(text("segment")) - 1 } : {};
      return fault(
        "",
        { kind: "partition", side: one, lasts: open, ...segment },
        `nothing passes between ${one.join(" ")} and ${other.join(" ")}${where}`,
      );
    },
  },
  {
    pattern: /^heal$/,
    example: "heal",
    act: () => ({
      who: "",
      text: "the network is whole again",
      does: {
        kind: "ends",
        which: ({ kind }) => kind === "partition" || kind === "cut" || kind === "weather",
      },
    }),
  },
  {
    pattern: /^loss (?<percent>\d+)% at (?<host>\S+)$/,
    example: "loss 30% at a",
    act: ({ host, text }) =>
      fault(host("host"), {
        kind: "weather",
        hosts: [host("host")],
        weather: { loss: Number(text("percent")) / 100 },
        lasts: open,
      }, `its links lose ${text("percent")} % of all messages`),
  },
  {
    pattern: /^replay (?<host>\S+) for (?<lasts>\S+)$/,
    example: "replay a for 1s",
    act: ({ host, text, time }) =>
      fault(host("host"), {
        kind: "weather",
        hosts: [host("host")],
        weather: { replay: 1 },
        lasts: time("lasts"),
      }, `for ${text("lasts")} each message from or to it comes a second time, 100 ms later`),
  },
  {
    pattern: /^drain (?<host>\S+)$/,
    example: "drain a",
    act: ({ host }) => asked(host("host"), "is drained", { kind: "drain", reason: "maintenance" }),
  },
  {
    pattern: /^resume (?<host>\S+)$/,
    example: "resume a",
    act: ({ host }) => asked(host("host"), "is resumed", { kind: "resume", reason: "maintenance is over" }),
  },
  {
    pattern: /^move (?<vip>\S+) (?<to>\S+) at (?<host>\S+)$/,
    example: "move web b at a",
    act: ({ host, vip }) =>
      asked(host("host"), `is asked to move ${vip("vip")} to ${host("to")}`, {
        kind: "move",
        vip: vip("vip"),
        to: host("to"),
      }),
  },
  {
    pattern: /^balance at (?<host>\S+)$/,
    example: "balance at a",
    act: ({ host }) => asked(host("host"), "is asked to balance", { kind: "balance" }),
  },
  {
    pattern: /^reload (?<host>\S+)$/,
    example: "reload a",
    act: ({ host }) =>
      onHost(host("host"), "gets the new file, and reads it", { kind: "reload", file: "last" }),
  },
  {
    pattern: /^break (?<vip>\S+) on (?<host>\S+)$/,
    example: "break web on a",
    act: ({ host, vip }) =>
      onHost(host("host"), `from now on "ip" fails to add ${vip("vip")} here`, {
        kind: "troubles",
        addFails: 0,
        removeFails: 0,
        slow: 0,
        broken: [vip("vip")],
        lasts: open,
      }),
  },
  {
    pattern: /^add (?<vip>\S+) on (?<host>\S+) by hand$/,
    example: "add web on a by hand",
    act: ({ host, vip }) =>
      onHost(host("host"), `a person adds ${vip("vip")}`, { kind: "personAdds", vip: vip("vip"), all: true }),
  },
  {
    pattern: /^remove (?<vip>\S+) on (?<host>\S+) by hand$/,
    example: "remove web on a by hand",
    act: ({ host, vip }) =>
      onHost(host("host"), `a person removes ${vip("vip")}`, {
        kind: "personRemoves",
        vip: vip("vip"),
        all: true,
      }),
  },
];

/** Reads a command. */
export function actOf(text: string, group: Group): Act {
  for (const { pattern, act } of forms) {
    const found = pattern.exec(text);
    if (found !== null) return act(wordsOf(found.groups ?? {}, group));
  }
  const known = forms.find(({ example }) => example.split(" ")[0] === text.split(" ")[0]);
  if (known !== undefined) throw new Misread(`wanted "${known.example}"`);
  throw new Misread(
    `no such command (wanted hosts, vips, vip, mode, timing, balance, segments, before:, settled, wait, ${
      forms.map(({ example }) => example.split(" ")[0]).join(", ")
    })`,
  );
}

/** All hosts start one after the other, so that their heartbeats are not all sent at the same time. */
export const startAll = ({ hosts }: Group): readonly TimedAct[] =>
  hosts.map(({ name }, at) => ({
    at: Math.round(at * 100 / hosts.length),
    act: start(name),
  }));

/** The hosts of these names. */
export function hostsOf(names: readonly string[], { hosts }: Group): readonly HostName[] {
  return names.map((name) => {
    const found = hosts.find((host) => host.name === name);
    if (found !== undefined) return found.name;
    throw new Misread(`no host "${name}" (found ${hosts.map((host) => host.name).join(", ")})`);
  });
}

/** Milliseconds of "50ms" or "2s". */
export function durationOf(text: string): number {
  const found = /^(\d+)(ms|s)$/.exec(text);
  if (found === null) throw new Misread(`found "${text}", wanted a time as 50ms or 2s`);
  return Number(found[1]) * (found[2] === "s" ? 1000 : 1);
}

function wordsOf(found: Readonly<Record<string, string | undefined>>, group: Group): Words {
  const text = (name: string) => found[name] ?? "";
  const host = (name: string) => {
    const [one] = hostsOf([text(name)], group);
    if (one === undefined) throw new Misread(`no host "${text(name)}"`);
    return one;
  };
  return {
    host,
    hosts: (name) => hostsOf(text(name).trim().split(/\s+/), group),
    vip: (name) => {
      const vip = group.vips.find((each) => each.name === text(name));
      if (vip !== undefined) return vip.name;
      throw new Misread(`no VIP "${text(name)}" (found ${group.vips.map((each) => each.name).join(", ")})`);
    },
    text,
    time: (name) => durationOf(text(name)),
    has: (name) => found[name] !== undefined,
    group,
  };
}

type Without<Each, Key extends PropertyKey> = Each extends unknown ? Omit<Each, Key> : never;
type Timeless = Without<Fault, "at">;
type OnHost = Without<Extract<Fault, { readonly host: HostName }>, "at" | "host">;

const start = (host: HostName): Act => ({ who: host, text: "is started", does: { kind: "starts", host } });

const fault = (who: string, what: Timeless, text: string): Act => ({
  who,
  text,
  // A fault of any kind, with its time, is a fault.
  does: { kind: "begins", fault: (at, lasts) => ({ ...what, ...lengthOf(what, lasts), at }) as Fault },
});

function lengthOf(what: Timeless, lasts: number): { readonly lasts?: number; readonly down?: number } {
  if ("lasts" in what && Number.isNaN(what.lasts)) return { lasts };
  return "down" in what ? { down: lasts } : {};
}

const onHost = (host: HostName, text: string, what: OnHost): Act =>
  fault(host, { ...what, host } as Timeless, text);

const asked = (host: HostName, text: string, request: OperatorRequest): Act =>
  onHost(host, text, { kind: "operator", request });
