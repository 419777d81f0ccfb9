// Reads spread.conf, of Spread 3.17 to 5: segments with their daemons, and settings. Only what it says is read here;
// what it means for Molehill is for from_wackamole.ts.

import { type IpAddress, parseIpAddress } from "../../core/ip_address.ts";
import { cannot, type Place, remark, type Report, shown, shownQuoted, type SourceFile } from "./report.ts";
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

export interface SpreadConf {
  readonly segments: readonly SpreadSegment[];
  /** In the file's order; a later one of the same name counts. */
  readonly settings: readonly SpreadSetting[];
}

export interface SpreadSegment {
  readonly place: Place;
  /** Of the broadcast or multicast group. */
  readonly address: IpAddress;
  readonly port: number;
  readonly hosts: readonly SpreadHost[];
}

export interface SpreadHost {
  readonly place: Place;
  readonly name: string;
  /** Null: its name has to be looked up. */
  readonly address: IpAddress | null;
  /** Empty: it listens on every one. */
  readonly interfaces: readonly SpreadInterface[];
}

export interface SpreadInterface {
  readonly place: Place;
  readonly address: IpAddress;
  /** D: other daemons, C: clients, M: monitors; empty: all of them. */
  readonly uses: readonly ("D" | "C" | "M")[];
}

export interface SpreadSetting {
  readonly place: Place;
  readonly name: string;
  readonly value: string;
}

/** The setting of that name that counts; names know no case. */
export const settingOf = ({ settings }: SpreadConf, name: string): SpreadSetting | undefined =>
  settings.findLast((each) => each.name.toLowerCase() === name.toLowerCase());

const defaultPort = 4803;

/** What the file says; what cannot be understood is in the report. */
export function parseSpreadConf(file: SourceFile, report: Report): SpreadConf {
  const cursor = cursorOver(tokensOf(file, report));
  const segments: SpreadSegment[] = [];
  const settings: SpreadSetting[] = [];
  while (cursor.peek().kind !== "end") {
    const token = cursor.take();
    if (token.kind !== "word") {
      const wanted = "Spread_Segment or a setting";
      cannot(report, token.place, { action: `read ${tokenText(token)}`, fact: "it is out of place", wanted });
    } else if (token.text.toLowerCase() === "spread_segment") {
      const segment = readSegment(token, cursor, report);
      if (segment !== null) segments.push(segment);
    } else if (token.text.toLowerCase() === "routematrix") {
      readBlockText(token, cursor, report);
      const why = "the costs of links between Spread's segments; hosts speak to each other directly here";
      remark(report, token.place, "RouteMatrix", why);
    } else settings.push(readSetting(token, cursor, report));
  }
  return { segments, settings };
}

function readSegment(keyword: Token, cursor: Cursor, report: Report): SpreadSegment | null {
  const [first, ...others] = restOfLine(cursor, keyword);
  const group = first === undefined ? null : readAddress(first);
  const wanted = "an address with its port, such as 192.168.1.255:4803";
  if (first === undefined || group === null) {
    const found = first ?? cursor.peek();
    cannot(report, found.place, {
      action: `use ${tokenText(found)} as address of a Spread_Segment`,
      fact: first === undefined ? "no address comes before it" : "it is none",
      wanted,
    });
  }
  for (const other of others) {
    remark(report, other.place, `Spread_Segment ... ${other.text}`, "a further address of the segment");
  }
  const opened = cursor.peek();
  if (opened.kind !== "open") {
    cannot(report, opened.place, {
      action: "read the Spread_Segment",
      fact: `${tokenText(opened)} comes after its address`,
      wanted: '"{"',
    });
    return null;
  }
  cursor.take();
  const hosts = readHosts(keyword, cursor, report);
  if (group === null) return null;
  const { address, port } = group;
  return { place: keyword.place, address, port: port ?? defaultPort, hosts };
}

function readHosts(segment: Token, cursor: Cursor, report: Report): readonly SpreadHost[] {
  const hosts: SpreadHost[] = [];
  for (;;) {
    const token = cursor.take();
    if (token.kind === "close") return hosts;
    if (token.kind === "end") {
      unclosed(report, segment.place, "the Spread_Segment");
      return hosts;
    }
    if (token.kind !== "word" || readAddress(token) !== null) {
      const fact = "it stands where a daemon's host name is";
      const wanted = "NAME ADDRESS";
      cannot(report, token.place, { action: `read ${tokenText(token)}`, fact, wanted });
      if (token.kind === "open") skipBlock(cursor);
    } else hosts.push(readHost(token, cursor, report));
  }
}

function readHost(name: Token, cursor: Cursor, report: Report): SpreadHost {
  const next = cursor.peek();
  const found = next.kind === "word" ? readAddress(next) : null;
  if (found !== null) cursor.take();
  else if (next.kind === "word" && /^[\d.:[]/.test(next.text)) {
    // No host is called so; another name would be the next host's.
    cursor.take();
    cannot(report, next.place, {
      action: `use ${shownQuoted(next.text)} as address of host ${shownQuoted(name.text)}`,
      fact: "it is no IPv4 or IPv6 address",
      wanted: "one such as 192.168.1.10",
    });
  }
  const interfaces = cursor.peek().kind === "open" ? readInterfaces(name, cursor, report) : [];
  return { place: name.place, name: name.text, address: found?.address ?? null, interfaces };
}

function readInterfaces(host: Token, cursor: Cursor, report: Report): readonly SpreadInterface[] {
  const opened = cursor.take();
  const interfaces: SpreadInterface[] = [];
  let uses: ("D" | "C" | "M")[] = [];
  for (;;) {
    const token = cursor.take();
    if (token.kind === "close") return interfaces;
    if (token.kind === "end") {
      unclosed(report, opened.place, `the interfaces of host ${shownQuoted(host.text)}`);
      return interfaces;
    }
    const found = token.kind === "word" ? readAddress(token) : null;
    if (found !== null) {
      interfaces.push({ place: token.place, address: found.address, uses });
      uses = [];
    } else if (token.text === "D" || token.text === "C" || token.text === "M") uses.push(token.text);
    else {
      cannot(report, token.place, {
        action: `read ${tokenText(token)} among the interfaces of host ${shownQuoted(host.text)}`,
        fact: "it is no address",
        wanted: "D, C, M or an address",
      });
    }
  }
}

/** An address with its port, if it has one. IPv6 with a port is in brackets. */
function readAddress({ kind, text }: Token): { address: IpAddress; port: number | null } | null {
  const parts = /^\[?([\d.]+|[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*?)\]?(?::(\d{1,5}))?;?$/.exec(text);
  if (kind !== "word" || parts === null) return null;
  const [, plain = "", port] = parts;
  const whole = parseIpAddress(text.replace(/;$/, ""));
  if (whole !== null) return { address: whole, port: null };
  const address = parseIpAddress(plain);
  if (address === null || Number(port ?? 0) > 65_535) return null;
  return { address, port: port === undefined || Number(port) === 0 ? null : Number(port) };
}

/** NAME, NAME = VALUE or NAME = { VALUES }. */
function readSetting(name: Token, cursor: Cursor, report: Report): SpreadSetting {
  const rest = restOfLine(cursor, name).filter(({ kind }) => kind !== "equals").map(({ text }) => text);
  const isBlock = cursor.peek().kind === "open";
  const value = isBlock ? readBlockText(name, cursor, report) : rest.join(" ");
  return { place: name.place, name: name.text, value: shown(value, 200) };
}

function readBlockText(name: Token, cursor: Cursor, report: Report): string {
  if (cursor.peek().kind !== "open") return "";
  const opened = cursor.take();
  const words: string[] = [];
  for (let depth = 1;;) {
    const { kind, text } = cursor.take();
    if (kind === "end") {
      unclosed(report, opened.place, shownQuoted(name.text));
      break;
    }
    if (kind === "open") depth++;
    if (kind === "close" && --depth === 0) break;
    words.push(text);
  }
  return `{ ${words.join(" ")} }`;
}
