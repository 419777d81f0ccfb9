// Which of the configured hosts is this machine? The file is the same everywhere, so the answer is the host one
// of whose addresses is here, unless the command line says it.

import { parseIpAddress } from "../core/ip_address.ts";
import { shortList } from "./check_names.ts";
import type { Configuration, HostPlace } from "./configuration.ts";
import { withHint } from "./reading.ts";

export type Identity =
  | { readonly kind: "ok"; readonly host: HostPlace }
  /** For people: what was found and what was wanted. */
  | { readonly kind: "problem"; readonly message: string };

/** This machine's host: the one that was asked for, else the only one with an address among the local ones. */
export function identifyHost(
  configuration: Configuration,
  { localAddresses, asked }: {
    /** In any spelling; a zone as in "fe80::1%eth0" is ignored. */
    readonly localAddresses: readonly string[];
    /** The name that --host gives; null: find out. */
    readonly asked: string | null;
  },
): Identity {
  return asked === null ? hostByAddress(configuration, localAddresses) : hostByName(configuration, asked);
}

function hostByName({ hosts, file }: Configuration, asked: string): Identity {
  const host = hosts.find(({ name }) => name === asked);
  if (host !== undefined) return { kind: "ok", host };
  const known = hosts.map(({ name }) => name);
  const hint = withHint(asked, { known, wanted: `one of ${shortList(known)}` });
  return problem(`Cannot be host "${asked}": no such host in ${file} (${hint})`);
}

function hostByAddress({ hosts }: Configuration, localAddresses: readonly string[]): Identity {
  const local = new Set(localAddresses.map((text) => parseIpAddress(text.replace(/%.*$/, ""))?.text ?? text));
  const found = hosts.flatMap((host) => ownAddresses(host).filter((each) => local.has(each.address)));
  const [first, ...others] = new Set(found.map(({ host }) => host));
  if (first !== undefined && others.length === 0) return { kind: "ok", host: first };
  if (first === undefined) {
    const wanted = shortList(hosts.flatMap(ownAddresses).map(ownText));
    const here = local.size === 0 ? "no address" : shortList(local);
    return problem(
      `Cannot tell which host this is: no host's address is on this machine (found ${here}; wanted one of ${wanted}; ` +
        "or --host NAME)",
    );
  }
  return problem(
    "Cannot tell which host this is: addresses of several hosts are on this machine " +
      `(found ${shortList(found.map(ownText))}; wanted those of one host, or --host NAME)`,
  );
}

interface OwnAddress {
  readonly host: HostPlace;
  readonly address: string;
}

const ownAddresses = (host: HostPlace): readonly OwnAddress[] =>
  [...host.addresses.values()].map((address) => ({ host, address }));

const ownText = ({ host, address }: OwnAddress): string => `${address} of ${host.name}`;

const problem = (message: string): Identity => ({ kind: "problem", message });
