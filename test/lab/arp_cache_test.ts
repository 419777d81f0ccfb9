// Neighbours that one host has collected are asked by the one that takes its VIPs over: a client that takes no notice of
// what is said to all, and that only the dead host knew, learns at once where the VIP is now.

import assert from "node:assert/strict";
import { mustRun } from "../support/command.ts";
import type { Lab } from "../support/lab.ts";
import type { LabHost } from "../support/lab_host.ts";
import { inside, ipBatch } from "../support/namespace.ts";
import { newLab, startedLab, UNHURRIED } from "../support/started_lab.ts";
import { sleep, waitUntil } from "../support/wait.ts";

const ADDRESSES = ["192.168.9.109", "fd00:9::109"];
const CLIENT = ["192.168.9.50", "fd00:9::50"];

/** The VIP is on test00, whose neighbour the client is; no target is notified, for the client hears such questions, too. */
const oneVip = {
  vips: [{ name: "web-a", addresses: ["192.168.9.109/32", "fd00:9::109/128"], prefer: ["test00"] }],
  notified: [],
} as const;

Deno.test("a client that only the dead host knew learns at once who has the VIP, IPv4 and IPv6", async () => {
  await using lab = await startedLab({ ...oneVip, arpCache: "1s" });
  await heedOnlyWhatIsAsked(lab);
  await shared(lab);
  await onlyKnownTo(lab, lab.host("test00"));
  await lab.echo.begin();
  await lab.host("test00").cutLink();
  const holder = await takenOver(lab);
  await waitUntil(async () => (await macs(lab)).every((mac) => mac === holder.place.mac), {
    what: "the client to learn",
  });
  await lab.settled();
  const { addresses } = await lab.echo.end();
  console.log("      gaps:", addresses.map(({ longestGapMs }) => Math.round(longestGapMs)).join(", "), "ms");
  for (const { longestGapMs } of addresses) assert.ok(longestGapMs < 3_000, `${longestGapMs} ms`);
  await waitUntil(async () => ((await holder.status())?.vips[0]?.notified?.neighbours ?? 0) >= 2, {
    what: "the client's answers to be counted",
  });
});

Deno.test("neighbours are asked by daemons to which a reload has brought arp_cache", async () => {
  await using lab = await startedLab({ ...oneVip, timing: UNHURRIED });
  await heedOnlyWhatIsAsked(lab);
  await Deno.writeTextFile(lab.configFile, lab.configWith({ arpCache: "1s" }));
  for (const host of lab.hosts) host.reload();
  await shared(lab);
  await onlyKnownTo(lab, lab.host("test00"));
  await lab.host("test00").cutLink();
  const holder = await takenOver(lab);
  // In the end the client's kernel would find out by itself.
  await waitUntil(async () => ((await holder.status())?.vips[0]?.notified?.neighbours ?? 0) >= 2, {
    what: "the client to be asked, and to answer",
  });
});

Deno.test("without arp_cache that client goes on sending to the dead host", async () => {
  await using lab = await startedLab({ ...oneVip, arpCache: "off" });
  await heedOnlyWhatIsAsked(lab);
  assert.equal((await lab.host("test01").status())?.neighbours, null);
  await lab.host("test00").cutLink();
  await takenOver(lab);
  // All announcements but the last one have been sent by then.
  await sleep(4_000);
  assert.deepEqual(await macs(lab), ADDRESSES.map(() => lab.host("test00").place.mac));
  for (const silentMs of await lab.echo.silentMs()) assert.ok(silentMs > 4_000, `${silentMs} ms`);
});

Deno.test("a host that starts late has the others' neighbours long before they are collected again", async () => {
  await using lab = await startedLab({ ...oneVip, arpCache: "1h", timing: UNHURRIED });
  const [first, , last] = lab.hosts;
  assert.ok(first !== undefined && last !== undefined);
  await last.stop();
  // A table is read at the start, and only the first host finds anything in its own.
  await first.stop();
  await seen(first, 3);
  first.start();
  await knowing(first, { known: 3, hosts: 1 });
  last.start();
  await knowing(last, { known: 3, hosts: 1 });
});

Deno.test("a host's neighbours are kept for three intervals when it is gone, and then forgotten", async () => {
  await using lab = await newLab({ ...oneVip, arpCache: "2s", timing: UNHURRIED });
  for (const host of lab.hosts) {
    await seen(host, 1);
    host.start();
  }
  await lab.settled();
  const [first, ...others] = lab.hosts;
  await Promise.all(lab.hosts.map((host) =>
    waitUntil(async () => (await counts(host)).hosts === 3, {
      what: `${host.name} to know the neighbours of all`,
    })
  ));
  await first?.stop();
  for (const host of others) assert.equal((await counts(host)).hosts, 3);
  await Promise.all(others.map((host) =>
    waitUntil(async () => (await counts(host)).hosts === 2, {
      what: `${host.name} to forget those of test00`,
    })
  ));
});

const counts = async (host: LabHost) => {
  const { known = 0, hosts = 0 } = (await host.status())?.neighbours ?? {};
  return { known, hosts };
};

const knowing = (host: LabHost, least: { readonly known: number; readonly hosts: number }) =>
  waitUntil(async () => {
    const { known, hosts } = await counts(host);
    return known >= least.known && hosts >= least.hosts;
  }, { what: `${host.name} to know ${least.known} neighbours` });

/** The host's kernel knows so many machines, which are not there. */
async function seen({ place }: LabHost, count: number): Promise<void> {
  const numbers = Array.from({ length: count }, (_, at) => 70 + at);
  await ipBatch(
    place.namespace,
    numbers.map((number) =>
      `neighbour replace 192.168.7.${number} lladdr 02:00:00:00:00:${number} dev eth0 nud permanent`
    ),
  );
}

/** The client answers who asks for it, and hears nothing else of ARP, nor advertisements that nobody asked for. */
async function heedOnlyWhatIsAsked({ client }: Lab): Promise<void> {
  const hook = "type filter hook input priority 0";
  const rules = `table arp deaf { chain input { ${hook}; arp daddr ip != ${CLIENT[0]} drop; }; }
table ip6 deaf { chain input { ${hook}; ip6 daddr ff02::1 icmpv6 type nd-neighbor-advert drop; }; }
`;
  await mustRun([...inside(client), "nft", "-f", "-"], { input: rules });
  // What it has learned is not doubted for some minutes.
  for (const family of ["ipv4", "ipv6"]) {
    await mustRun([
      ...inside(client),
      "sysctl",
      "-qw",
      `net.${family}.neigh.eth0.base_reachable_time_ms=600000`,
    ]);
  }
}

interface Entry {
  readonly dst: string;
  readonly lladdr?: string;
}

const table = async (namespace: string): Promise<readonly Entry[]> =>
  JSON.parse(await mustRun(["ip", "-n", namespace, "-json", "neighbour", "show", "dev", "eth0"]));

/** Where the client believes the VIP's addresses to be. */
async function macs({ client }: Lab): Promise<readonly (string | undefined)[]> {
  const entries = await table(client);
  return ADDRESSES.map((address) => entries.find(({ dst }) => dst === address)?.lladdr);
}

/** Waits until every host knows as many neighbours as the VIP's holder, which knows the client. */
async function shared(lab: Lab): Promise<void> {
  const knows = async (host: LabHost) => {
    const known = new Set(
      (await table(host.place.namespace)).filter(({ lladdr }) => lladdr).map(({ dst }) => dst),
    );
    const own = lab.hosts.flatMap(({ place }) => [place.address, place.address6]);
    return known.difference(new Set(own));
  };
  await waitUntil(async () => {
    const wanted = await knows(lab.host("test00"));
    if (!CLIENT.every((address) => wanted.has(address))) return false;
    const statuses = await Promise.all(lab.hosts.map((host) => host.status()));
    return statuses.every((status) => (status?.neighbours?.known ?? 0) >= wanted.size);
  }, { what: "the holder's neighbours to be known to all" });
}

async function onlyKnownTo(lab: Lab, knowing: LabHost): Promise<void> {
  for (const host of lab.hosts) {
    const known = (await table(host.place.namespace)).filter(({ lladdr }) => lladdr !== undefined)
      .map(({ dst }) => dst);
    assert.deepEqual(
      CLIENT.filter((each) => known.includes(each)),
      host === knowing ? CLIENT : [],
      host.name,
    );
  }
}

/** The host that has the VIP instead of test00. */
async function takenOver(lab: Lab): Promise<LabHost> {
  const others = lab.hosts.filter(({ name }) => name !== "test00");
  const holders = async () => {
    const found = await Promise.all(
      others.map(async (host) => (await host.addresses()).length > 0 ? [host] : []),
    );
    return found.flat();
  };
  await waitUntil(async () => (await holders()).length === 1, { what: "another host to take the VIP over" });
  const [holder] = await holders();
  assert.ok(holder !== undefined);
  return holder;
}
