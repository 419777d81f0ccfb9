// Reads wackamole.conf. Its words know no case. Only what it says is read here; what it means for Molehill is for
// from_wackamole.ts.

import { type IpAddress, parseIpAddress } from "../../core/ip_address.ts";
import { withHint } from "../reading.ts";
import {
  cannot,
  type Place,
  remark,
  type Report,
  shownQuoted,
  type SourceFile,
  wantedText,
} from "./report.ts";
import {
  type Cursor,
  cursorOver,
  restOfLine,
  skipBlock,
  type Token,
  tokensOf,
  tokenText,
  unclosed,
} from "./tokens.ts";

export interface WackamoleConf {
  /** By lower-case name, the settings of the form NAME = VALUE. */
  readonly settings: ReadonlyMap<string, WackamoleSetting>;
  /** Null: the file does not say Prefer; empty: it says Prefer None. */
  readonly prefer: readonly WackamoleAddress[] | null;
  /** Each is one VIP, of one address or a set that moves as one. */
  readonly virtualInterfaces: readonly (readonly WackamoleAddress[])[];
  readonly notify: readonly NotifyEntry[];
  readonly acquisitionsPerRound: { readonly place: Place; readonly count: number | "all" } | null;
  readonly balanceInterval: WackamoleSetting | null;
  /** RunDynamic, PerlUse, PerlUseLib. */
  readonly dynamics: readonly Dynamic[];
}

export interface WackamoleSetting {
  readonly place: Place;
  readonly name: string;
  readonly value: string;
}

export interface WackamoleAddress {
  readonly place: Place;
  /** Empty: the file names none. */
  readonly interface: string;
  readonly ip: IpAddress;
  readonly prefix: number;
  /** The n24 of "/32n24": in which network neighbours are told. */
  readonly net: number | null;
}

export type NotifyEntry =
  | { readonly kind: "arpCache"; readonly place: Place; readonly ping: boolean }
  | {
    readonly kind: "block";
    readonly place: Place;
    readonly block: WackamoleAddress;
    /** Announcements a second; null: as many as it takes. */
    readonly throttle: number | null;
    readonly ping: boolean;
  };

export interface Dynamic {
  readonly place: Place;
  /** As written: "RunDynamic", "PerlUse", "PerlUseLib". */
  readonly directive: string;
  /** module:function of a shared object, Module::function of Perl, a directory or a module. */
  readonly what: string;
  /** "on up", "on down", "post up" or "post down"; null for those that name no event. */
  readonly event: string | null;
}

const settingNames = new Set([
  "spread",
  "spreadretryinterval",
  "group",
  "logfacility",
  "control",
  "mature",
  "arp-cache",
  "moduledir",
]);

const blockNames = ["Prefer", "VirtualInterfaces", "Notify", "Balance"];
const directives = [
  "Spread",
  "SpreadRetryInterval",
  "Group",
  "LogFacility",
  "Control",
  "Mature",
  "Arp-Cache",
  "ModuleDir",
  "RunDynamic",
  "PerlUse",
  "PerlUseLib",
  ...blockNames,
];

/** What has been read so far. */
interface Reading {
  readonly settings: Map<string, WackamoleSetting>;
  prefer: WackamoleAddress[] | null;
  readonly virtualInterfaces: (readonly WackamoleAddress[])[];
  readonly notify: NotifyEntry[];
  acquisitionsPerRound: WackamoleConf["acquisitionsPerRound"];
  balanceInterval: WackamoleSetting | null;
  readonly dynamics: Dynamic[];
}

/** What the file says; what cannot be understood is in the report. */
export function parseWackamoleConf(file: SourceFile, report: Report): WackamoleConf {
  const reading: Reading = {
    settings: new Map(),
    prefer: null,
    virtualInterfaces: [],
    notify: [],
    acquisitionsPerRound: null,
    balanceInterval: null,
    dynamics: [],
  };
  const cursor = cursorOver(tokensOf(file, report));
  while (cursor.peek().kind !== "end") readDirective(reading, cursor, report);
  return reading;
}

function readDirective(reading: Reading, cursor: Cursor, report: Report): void {
  const token = cursor.take();
  const name = token.text.toLowerCase();
  if (token.kind !== "word") {
    const wanted = "a directive";
    cannot(report, token.place, { action: `read ${tokenText(token)}`, fact: "it is out of place", wanted });
  } else if (settingNames.has(name)) {
    const setting = readSetting(token, cursor, report);
    if (setting !== null) reading.settings.set(name, setting);
  } else {
    switch (name) {
      case "prefer":
        return readPrefer(token, { reading, cursor, report });
      case "virtualinterfaces":
      case "vifs":
      case "vips":
        return readVirtualInterfaces(token, { reading, cursor, report });
      case "notify":
        return readNotify(token, { reading, cursor, report });
      case "balance":
        return readBalance(token, { reading, cursor, report });
      case "rundynamic":
      case "perluse":
      case "perluselib":
        return readDynamic(token, { reading, cursor, report });
    }
    readUnknown(token, cursor, report);
  }
}

interface Context {
  readonly reading: Reading;
  readonly cursor: Cursor;
  readonly report: Report;
}

function readSetting(name: Token, cursor: Cursor, report: Report): WackamoleSetting | null {
  if (cursor.peek().kind === "equals") cursor.take();
  const value = cursor.peek();
  if (value.kind === "word") {
    cursor.take();
    return { place: name.place, name: name.text, value: value.text };
  }
  cannot(report, value.place, {
    action: `read ${shownQuoted(name.text)}`,
    fact: `${tokenText(value)} stands where its value is`,
    wanted: `${name.text} = VALUE`,
  });
  return null;
}

function readPrefer(token: Token, { reading, cursor, report }: Context): void {
  const addresses: WackamoleAddress[] = reading.prefer ?? [];
  reading.prefer = addresses;
  const next = cursor.peek();
  if (next.kind === "word" && next.text.toLowerCase() === "none") cursor.take();
  else if (next.kind === "open") {
    cursor.take();
    eachInBlock(token, { cursor, report }, (entry) => addresses.push(...preferenceIn(entry, report)));
  } else if (next.kind === "word") addresses.push(...preferenceIn(cursor.take(), report));
  else misplaced(token, next, { report, wanted: "None, an address, or { ... }" });
}

/** IFACE:ADDRESS/BITS, a plain address, or a name, of which nobody here knows the address. */
function preferenceIn(entry: Token, report: Report): readonly WackamoleAddress[] {
  const { text, place } = entry;
  const ip = parseIpAddress(text);
  if (ip?.family === 4) return [{ place, interface: "", ip, prefix: 32, net: null }];
  if (/^(?=.*[A-Za-z])[\w.-]+$/.test(text)) {
    remark(
      report,
      place,
      `Prefer ${text}`,
      "no names are looked up: write the VIP's address, and import again",
    );
    return [];
  }
  const address = addressIn(entry, { report, as: "a preference" });
  return address === null ? [] : [address];
}

function readVirtualInterfaces(token: Token, { reading, cursor, report }: Context): void {
  if (!opensBlock(token, { cursor, report })) return;
  for (;;) {
    const entry = cursor.take();
    if (entry.kind === "close") return;
    if (entry.kind === "end") return unclosed(report, token.place, shownQuoted(token.text));
    if (entry.kind === "open") {
      const set: WackamoleAddress[] = [];
      eachInBlock(entry, { cursor, report }, (each) => {
        const address = addressIn(each, { report, as: "a virtual interface" });
        if (address !== null) set.push(address);
      });
      if (set.length > 0) reading.virtualInterfaces.push(set);
    } else {
      const address = addressIn(entry, { report, as: "a virtual interface" });
      if (address !== null) reading.virtualInterfaces.push([address]);
    }
  }
}

function readNotify(token: Token, { reading, cursor, report }: Context): void {
  const next = cursor.peek();
  if (next.kind === "word") {
    cursor.take();
    const word = next.text.toLowerCase();
    if (word === "arp-cache") reading.notify.push({ kind: "arpCache", place: next.place, ping: false });
    else if (word !== "none") misplaced(token, next, { report, wanted: "None, arp-cache, or { ... }" });
    return;
  }
  if (!opensBlock(token, { cursor, report })) return;
  eachInBlock(token, { cursor, report }, (entry) => {
    const read = readNotifyEntry(entry, { cursor, report });
    if (read !== null) reading.notify.push(read);
  });
}

function readNotifyEntry(
  entry: Token,
  { cursor, report }: Pick<Context, "cursor" | "report">,
): NotifyEntry | null {
  const { place } = entry;
  if (entry.text.toLowerCase() === "arp-cache") {
    return { kind: "arpCache", place, ping: takeWord("ping", cursor) };
  }
  const block = addressIn(entry, { report, as: "a notify target" });
  let throttle: number | null = null;
  if (takeWord("throttle", cursor)) {
    const count = cursor.peek();
    if (count.kind === "word") cursor.take();
    if (/^\d{1,9}$/.test(count.text)) throttle = Number(count.text);
    else {
      const wanted = "a number, as in: throttle 128";
      cannot(report, count.place, {
        action: `use ${tokenText(count)} as throttle`,
        fact: "it is none",
        wanted,
      });
    }
  }
  const ping = takeWord("ping", cursor);
  return block === null ? null : { kind: "block", place, block, throttle, ping };
}

function takeWord(word: string, { peek, take }: Cursor): boolean {
  const isNext = peek().kind === "word" && peek().text.toLowerCase() === word;
  if (isNext) take();
  return isNext;
}

function readBalance(token: Token, { reading, cursor, report }: Context): void {
  if (!opensBlock(token, { cursor, report })) return;
  eachInBlock(token, { cursor, report }, (entry) => {
    const name = entry.text.toLowerCase();
    if (name !== "acquisitionsperround" && name !== "interval") {
      const wanted = "AcquisitionsPerRound or interval";
      cannot(report, entry.place, {
        action: `read ${tokenText(entry)} of balance`,
        fact: "unknown word",
        wanted,
      });
      restOfLine(cursor, entry);
      return;
    }
    const setting = readSetting(entry, cursor, report);
    if (setting === null) return;
    if (name === "interval") reading.balanceInterval = setting;
    else {
      const { value, place } = setting;
      const isNumber = /^\d{1,9}$/.test(value);
      if (isNumber || value.toLowerCase() === "all") {
        reading.acquisitionsPerRound = { place, count: isNumber ? Number(value) : "all" };
      } else {
        cannot(report, place, {
          action: `use ${shownQuoted(value)} as AcquisitionsPerRound`,
          fact: "it is no number",
          wanted: 'a number or "all"',
        });
      }
    }
  });
}

function readDynamic(token: Token, { reading, cursor, report }: Context): void {
  const what = cursor.peek();
  if (what.kind !== "word") return misplaced(token, what, { report, wanted: "what to load or run" });
  cursor.take();
  const isRun = token.text.toLowerCase() === "rundynamic";
  const event = isRun ? readEvent(token, { cursor, report }) : null;
  if (isRun && event === null) return;
  reading.dynamics.push({ place: token.place, directive: token.text, what: what.text, event });
}

function readEvent(token: Token, { cursor, report }: Pick<Context, "cursor" | "report">): string | null {
  const when = cursor.peek();
  const wanted = '"on up", "on down", "post up" or "post down"';
  if (when.kind !== "word" || !/^(on|post)$/i.test(when.text)) {
    misplaced(token, when, { report, wanted });
    return null;
  }
  cursor.take();
  const direction = cursor.peek();
  if (direction.kind !== "word" || !/^(up|down)$/i.test(direction.text)) {
    misplaced(token, direction, { report, wanted });
    return null;
  }
  cursor.take();
  return `${when.text} ${direction.text}`.toLowerCase();
}

// Wackamole itself would not start with it; what it was to do, only its author knows.
function readUnknown(token: Token, cursor: Cursor, report: Report): void {
  const rest = restOfLine(cursor, token).map(({ text }) => text);
  if (cursor.peek().kind === "open" && cursor.take() && !skipBlock(cursor)) {
    unclosed(report, token.place, shownQuoted(token.text));
  }
  const hint = withHint(token.text, { known: directives, wanted: "a directive of wackamole.conf(5)" });
  remark(
    report,
    token.place,
    [token.text, ...rest].join(" "),
    `unknown to Wackamole too, so it is left out ${wantedText(hint)}`,
  );
}

function opensBlock(token: Token, { cursor, report }: Pick<Context, "cursor" | "report">): boolean {
  const next = cursor.peek();
  if (next.kind === "open") {
    cursor.take();
    return true;
  }
  misplaced(token, next, { report, wanted: '"{"' });
  return false;
}

/** Calls for each word up to the closing brace. */
function eachInBlock(
  opened: Token,
  { cursor, report }: Pick<Context, "cursor" | "report">,
  call: (entry: Token) => void,
): void {
  for (;;) {
    const entry = cursor.take();
    if (entry.kind === "close") return;
    if (entry.kind === "end") {
      return unclosed(report, opened.place, opened.kind === "open" ? "the set" : shownQuoted(opened.text));
    }
    if (entry.kind === "word") call(entry);
    else {
      misplaced(opened, entry, { report, wanted: '"}"' });
      if (entry.kind === "open") skipBlock(cursor);
    }
  }
}

function misplaced(
  owner: Token,
  found: Token,
  { report, wanted }: { readonly report: Report; readonly wanted: string },
): void {
  const what = owner.kind === "open" ? "the set" : shownQuoted(owner.text);
  cannot(report, found.place, {
    action: `read ${what}`,
    fact: `${tokenText(found)} is out of place`,
    wanted,
  });
}

/** IFACE:ADDRESS/BITS, with the hint nBITS; the interface may be missing. */
function addressIn(
  { text, place }: Token,
  { report, as }: { readonly report: Report; readonly as: string },
): WackamoleAddress | null {
  const parts = /^(?:([^:/]*):)?([\d.]+)\/(\d{1,2})(?:n(\d{1,2}))?$/i.exec(text);
  const [, name = "", address = "", prefix, net] = parts ?? [];
  const ip = parseIpAddress(address.replace(/(^|\.)0+(?=\d)/g, "$1"));
  if (parts !== null && ip !== null && Number(prefix) <= 32 && Number(net ?? 24) <= 32) {
    const hint = net === undefined ? null : Number(net);
    return { place, interface: name, ip, prefix: Number(prefix), net: hint };
  }
  const fact = "it is no address of an interface";
  cannot(report, place, { action: `use ${shownQuoted(text)} as ${as}`, fact, wanted: "eth0:10.0.0.1/32" });
  return null;
}
