// What the values of a [[check]] must look like.

import { type IpAddress, parseIpAddress } from "../core/ip_address.ts";
import { addressFact } from "./address.ts";
import { ofText, ok, type Reader, type Reading, wrong } from "./reading.ts";

export interface Endpoint {
  readonly ip: IpAddress;
  readonly port: number;
}

/** Where to connect to. An address: a check must not hang because a name server does. */
export const endpoint: Reader<Endpoint> = ofText(
  'an address and a port such as "127.0.0.1:80" or "[::1]:80"',
  (text) => {
    const [, inBrackets, plain, port = ""] = /^(?:\[([^\]]*)\]|([^:]*)):(\d{1,5})$/.exec(text) ?? [];
    const ip = parseIpAddress(inBrackets ?? plain ?? "");
    if (ip === null || (ip.family === 6) !== (inBrackets !== undefined)) {
      return wrong(text === "" ? "it is empty" : "it is not an address and a port");
    }
    if (Number(port) < 1 || Number(port) > 65_535) return wrong(`there is no port ${port}`);
    return ok({ ip, port: Number(port) });
  },
);

/** What is asked for by HTTP, as the URL standard writes it. */
export const httpUrl: Reader<string> = ofText(
  'a URL such as "http://127.0.0.1:8080/health"',
  (text): Reading<string> => {
    if (!/^[\x21-\x7e]*$/.test(text)) return wrong("it contains a character that must be encoded");
    const url = URL.parse(text);
    if (url === null || url.hostname === "") return wrong(text === "" ? "it is empty" : "it is not a URL");
    if (url.protocol !== "http:") return wrong(`its scheme is "${url.protocol.slice(0, -1)}"`, "http://...");
    if (url.username !== "" || url.password !== "") return wrong("it names a user");
    return url.hash === "" ? ok(url.href) : wrong(`it ends with "${url.hash}", which is never sent`);
  },
);

/** A process by its name, as ps(1) shows it. */
export const processName: Reader<string> = ofText(
  'the name of a program without its path, such as "nginx"',
  (text) => {
    if (text === "") return wrong("it is empty");
    if (text.includes("/")) return wrong("it has a path");
    return /[\0\n]/.test(text) || text.length > 255 ? wrong("it is no name of a program") : ok(text);
  },
);

export const filePath: Reader<string> = ofText(
  'a whole path such as "/run/maintenance"',
  (text) => {
    if (!text.startsWith("/")) return wrong(text === "" ? "it is empty" : "it does not start with /");
    return text.includes("\0") ? wrong("it contains a zero byte") : ok(text);
  },
);

/** A neighbour's address. */
export const gatewayAddress: Reader<IpAddress> = ofText(
  'the address of a router such as "192.168.8.1" or "fe80::1"',
  (text) => {
    const ip = parseIpAddress(text);
    if (ip === null) {
      return wrong(text.includes("/") ? "it has a prefix" : "it is not an IPv4 or IPv6 address");
    }
    const fact = addressFact(ip);
    return fact === null || fact === "link-local" ? ok(ip) : wrong(`it is ${fact}`);
  },
);
