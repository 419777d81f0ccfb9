// What a single value must look like, whatever stands around it: durations, names, interfaces, addresses.

import { type IpAddress, parseIpAddress } from "../core/ip_address.ts";
import { addressFact, firstOfBlock, prefixMax } from "./address.ts";
import { ofNumber, ofText, ok, type Reader, type Reading, typeFact, wholeNumber, wrong } from "./reading.ts";

const unitMs: ReadonlyMap<string, number> = new Map([["ms", 1], ["s", 1_000], ["m", 60_000], [
  "h",
  3_600_000,
]]);
const durationMaxMs = 24 * 3_600_000;

/** A length of time of at most a day: a number with a unit. Reads to milliseconds. */
export function durationFrom(leastMs: number): Reader<number> {
  const wanted = 'a duration such as "100ms", "5s" or "2m"';
  return ofText(wanted, (text) => {
    const reading = readDuration(text);
    if (reading.kind === "wrong" || reading.value >= leastMs) return reading;
    return wrong(leastMs === 1 ? "it is 0" : `it is below ${leastMs} ms`, `at least "${leastMs}ms"`);
  });
}

/** Like durationFrom, or "off". */
export function durationOrOff(leastMs: number): Reader<number | "off"> {
  const reader = durationFrom(leastMs);
  return {
    wanted: `${reader.wanted}, or "off"`,
    read: (value) => value === "off" ? ok("off") : reader.read(value),
  };
}

function readDuration(text: string): Reading<number> {
  const parts = /^([+-]?)(\d+(?:\.\d+)?)([^\d\s.]*)$/.exec(text);
  if (parts === null) return wrong(text === "" ? "it is empty" : "it is not a duration");
  const [, sign, amount = "", unit = ""] = parts;
  if (sign === "-") return wrong("it is negative");
  if (unit === "") return wrong("it has no unit", `a duration such as "${amount}ms" or "${amount}s"`);
  const each = unitMs.get(unit);
  if (each === undefined) return wrong(`unknown unit "${unit}"`, "ms, s, m or h");
  const ms = Number((Number(amount) * each).toFixed(6));
  if (ms > durationMaxMs) return wrong("it is longer than a day");
  return Number.isInteger(ms) ? ok(ms) : wrong("it is not a whole number of milliseconds");
}

/** A name of a group, host, VIP or segment. */
export const name: Reader<string> = ofText(
  '1 to 63 letters, digits, ".", "_" or "-", a letter or digit first',
  (text) => readWord(text, { lengthMax: 63, foreign: /[^A-Za-z0-9._-]/, start: /^[A-Za-z0-9]/ }),
);

/**
 * A network interface's name: at most 15 characters, as the kernel's IFNAMSIZ allows. The kernel takes almost any
 * character; these are the ones that mean nothing to `ip -batch` and to a shell.
 */
export const interfaceName: Reader<string> = ofText(
  'an interface name: 1 to 15 letters, digits, ".", "_", "-", "+" or "@", a letter, digit or "_" first',
  (text) => readWord(text, { lengthMax: 15, foreign: /[^A-Za-z0-9._@+-]/, start: /^[A-Za-z0-9_]/ }),
);

interface WordRule {
  readonly lengthMax: number;
  readonly foreign: RegExp;
  readonly start: RegExp;
}

function readWord(text: string, { lengthMax, foreign, start }: WordRule): Reading<string> {
  if (text === "") return wrong("it is empty");
  if (text.length > lengthMax) return wrong(`it is longer than ${lengthMax} characters`);
  const found = foreign.exec(text);
  if (found !== null) return wrong(`it contains ${JSON.stringify(found[0])}`);
  return start.test(text) ? ok(text) : wrong(`it starts with "${text[0]}"`);
}

export const absolutePath: Reader<string> = ofText(
  'an absolute path such as "/etc/molehill/key"',
  (text) => text.startsWith("/") ? ok(text) : wrong(text === "" ? "it is empty" : "it does not start with /"),
);

/** A program and its arguments, as they are given to the kernel: no shell reads them. */
export const commandLine: Reader<readonly string[]> = {
  wanted: 'a list of texts, the path of a program first, such as ["/etc/molehill/hook.sh", "flush"]',
  read: (value) => {
    if (typeof value === "string") return wrong("it is text, and no shell is there to take it apart");
    if (!Array.isArray(value)) return wrong(typeFact(value));
    const words: string[] = [];
    for (const word of value) {
      if (typeof word !== "string") return wrong(`${typeFact(word).replace("it is", "it contains")}`);
      words.push(word);
    }
    const [program] = words;
    if (program === undefined) return wrong("it is empty");
    if (!program.startsWith("/")) return wrong(`"${program}" does not start with /`);
    return words.some((word) => word.includes("\0")) ? wrong("it contains a zero byte") : ok(words);
  },
};

/** A VIP's name, or the address that it is called by; whether there is one is for check_hooks.ts. */
export const vipReference: Reader<string> = ofText("the name of a VIP", (text) => {
  const address = parseIpAddress(text);
  return address === null ? name.read(text) : ok(address.text);
});

/** A user of the machine, as useradd(8) names them. */
export const userName: Reader<string> = ofText(
  'the name of a user such as "nobody"',
  (text) => {
    if (text === "") return wrong("it is empty");
    if (text.length > 32) return wrong("it is longer than 32 characters");
    return /^[A-Za-z_][A-Za-z0-9._-]*\$?$/.test(text) ? ok(text) : wrong("it is not a name");
  },
);

/** A host's own address. Link-local IPv6 is refused: it means nothing without the interface it is seen on. */
export const hostAddress: Reader<IpAddress> = ofText(
  'an address without prefix such as "192.168.9.160"',
  (text) => {
    if (text.includes("/")) return wrong("it has a prefix");
    const address = parseIpAddress(text);
    if (address === null) return wrong("it is not an IPv4 or IPv6 address");
    const fact = addressFact(address);
    return fact === null || fact === "loopback" ? ok(address) : wrong(`it is ${fact}`);
  },
);

/** The address of a broadcast or multicast group; check_network.ts knows which of them is wanted. */
export const groupAddress: Reader<IpAddress> = ofText(
  'an address such as "192.168.255.255" or "239.1.2.3"',
  (text) => {
    const address = parseIpAddress(text);
    return address === null ? wrong("it is not an IPv4 or IPv6 address") : ok(address);
  },
);

export interface PrefixedAddress {
  readonly ip: IpAddress;
  readonly prefix: number;
}

/** A VIP's address; without prefix it is a single address, /32 or /128. */
export const vipAddress: Reader<PrefixedAddress> = ofText(
  'an address such as "192.168.9.109/32" or "fd00::109/128"',
  (text) => {
    const reading = readPrefixed(text);
    if (reading.kind === "wrong") return reading;
    const fact = addressFact(reading.value.ip);
    return fact === null || fact === "link-local" ? reading : wrong(`it is ${fact}`);
  },
);

/** One end of a vip_range. */
export const rangeAddress: Reader<IpAddress> = ofText(
  'an address without prefix such as "10.0.4.1"',
  (text) => {
    if (text.includes("/")) return wrong("it has a prefix", "the prefix in the key prefix");
    const reading = vipAddress.read(text);
    return reading.kind === "wrong" ? reading : ok(reading.value.ip);
  },
);

/** An address or a block of at most 65,536 addresses; reads to the first of the block. */
export const notifyBlock: Reader<PrefixedAddress> = ofText(
  'an address or block such as "192.168.8.1" or "192.168.8.0/24"',
  (text) => {
    const reading = readPrefixed(text);
    if (reading.kind === "wrong") return reading;
    const { ip, prefix } = reading.value;
    const least = prefixMax(ip.family) - 16;
    if (prefix < least) return wrong(`it is a block of more than 65,536 addresses`, `at least /${least}`);
    const fact = addressFact(ip);
    const isBlockStart = fact === "unspecified" && prefix < prefixMax(ip.family);
    if (fact !== null && fact !== "link-local" && !isBlockStart) return wrong(`it is ${fact}`);
    return ok({ ip: firstOfBlock(ip, prefix), prefix });
  },
);

function readPrefixed(text: string): Reading<PrefixedAddress> {
  const [before = "", after, ...more] = text.split("/");
  const ip = parseIpAddress(before);
  if (ip === null || more.length > 0) return wrong("it is not an IPv4 or IPv6 address");
  const most = prefixMax(ip.family);
  if (after === undefined) return ok({ ip, prefix: most });
  if (!/^\d{1,3}$/.test(after)) return wrong(`its prefix "${after}" is not a number`);
  const prefix = Number(after);
  if (prefix < 1 || prefix > most) {
    return wrong(`its prefix is not one of IPv${ip.family}`, `a prefix from 1 to ${most}`);
  }
  return ok({ ip, prefix });
}

/** A host's share of the VIPs. */
export const weight: Reader<number> = ofNumber(
  "a number above 0, at most 1000",
  (value) => {
    if (value <= 0) return wrong("it is not above 0");
    return value > 1000 ? wrong("it is above 1000") : ok(value);
  },
);

/** How many VIPs a balance round may move. */
export const movesPerRound: Reader<number | "all"> = {
  wanted: 'a whole number from 1, or "all"',
  read: (value) => value === "all" ? ok("all") : wholeNumber(1, Infinity).read(value),
};
