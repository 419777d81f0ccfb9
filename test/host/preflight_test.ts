import assert from "node:assert/strict";
import { vipName } from "../../src/core/vocabulary.ts";
import type { PlacedVip } from "../../src/host/placed_vip.ts";
import { directoriesText, type Preflight, type PreflightOptions } from "../../src/host/preflight.ts";
import { mustRun } from "../support/command.ts";
import { inside } from "../support/namespace.ts";
import { type Cable, layCable } from "./cable.ts";

const SCRIPT = new URL("preflight_script.ts", import.meta.url).pathname;
const SYSTEM = ["/usr/sbin", "/usr/bin", "/sbin", "/bin"];

const on = (...interfaces: readonly string[]): readonly PlacedVip[] =>
  interfaces.map((name, at) => ({
    vip: vipName(`web-${at}`),
    addresses: [{ address: `192.168.9.${109 + at}`, family: 4, prefix: 32, interface: name }],
  }));

async function preflightOn(
  cable: Cable,
  { before = [], ...options }: Partial<Omit<PreflightOptions, "packetSocket">> & {
    readonly announcer?: "raw" | "arping";
    readonly before?: readonly string[];
  },
): Promise<Preflight> {
  const all = { vips: on("eth0"), announcer: "raw", directories: SYSTEM, ...options };
  const line = [...inside(cable.host), ...before, Deno.execPath(), "run", "--no-check", "-A", SCRIPT];
  return JSON.parse(await mustRun([...line, JSON.stringify(all)]));
}

/** A directory with these programs of the system, and no others. */
async function directoryWith(cable: Cable, ...names: readonly string[]): Promise<string> {
  const directory = await Deno.makeTempDir({ dir: cable.directory });
  for (const name of names) {
    const path = (await mustRun(["sh", "-c", `PATH=$PATH:/usr/sbin:/sbin command -v ${name}`])).trim();
    await Deno.symlink(path, `${directory}/${name}`);
  }
  return directory;
}

Deno.test("preflight() of a host that has everything finds the programs", async () => {
  await using cable = await layCable();
  const directory = await directoryWith(cable, "ip", "setsid", "sh");
  assert.deepEqual(await preflightOn(cable, { directories: ["/nowhere", directory] }), {
    kind: "ready",
    programs: {
      ip: `${directory}/ip`,
      setsid: `${directory}/setsid`,
      sh: `${directory}/sh`,
    },
    arping: null,
    warnings: [],
  });
});

Deno.test("preflight() finds every missing program, and the missing arping where it is wanted, at once", async () => {
  await using cable = await layCable();
  const directory = await directoryWith(cable, "sh");
  const missing = (name: string, from: string) =>
    `Cannot start: the program "${name}" is missing (looked in ${directory}); on Debian it is in the package ${from}`;
  assert.deepEqual(await preflightOn(cable, { directories: [directory], announcer: "arping" }), {
    kind: "problems",
    problems: [
      missing("ip", "iproute2"),
      missing("setsid", "util-linux"),
      `${
        missing("arping", "iputils-arping")
      } (it is needed because the configuration says announcer = "arping")`,
    ],
  });
});

Deno.test("directoriesText() names four directories of a long path at most, the standard ones first", () => {
  const own = ["a", "b", "c", "d", "e"].map((name) => `/home/test/${name}/node_modules/.bin`);
  assert.equal(directoriesText(own.slice(0, 4)), own.slice(0, 4).join(", "));
  assert.equal(directoriesText(own), `${own.slice(0, 4).join(", ")} and 1 more`);
  assert.equal(directoriesText([...own, ...SYSTEM]), "/usr/sbin, /usr/bin, /sbin, /bin and 5 more");
});

Deno.test("preflight() names each interface that is not there once, with those that are", async () => {
  await using cable = await layCable();
  assert.deepEqual(await preflightOn(cable, { vips: on("eth9", "eth0", "eth8", "eth9", "eth9") }), {
    kind: "problems",
    problems: [
      'Cannot use "eth8" for VIP "web-2": no such interface (found lo, eth0)',
      'Cannot use "eth9" for VIP "web-0" and 2 more: no such interface (found lo, eth0)',
    ],
  });
});

Deno.test("preflight() without the privilege to change addresses says so, beside everything else", async () => {
  await using cable = await layCable();
  const outcome = await preflightOn(cable, {
    vips: on("eth9"),
    before: ["setpriv", "--bounding-set=-net_admin", "--inh-caps=-net_admin"],
  });
  assert.deepEqual(outcome, {
    kind: "problems",
    problems: [
      'Cannot use "eth9" for VIP "web-0": no such interface (found lo, eth0)',
      "Cannot change addresses: this process lacks the privilege CAP_NET_ADMIN; start it as root, or by systemd with " +
      "AmbientCapabilities=CAP_NET_ADMIN CAP_NET_RAW",
    ],
  });
});

Deno.test("preflight() takes arping where no packet socket is allowed, and warns of what that costs", async () => {
  await using cable = await layCable();
  const directory = await directoryWith(cable, "ip", "setsid", "sh");
  await Deno.writeTextFile(`${directory}/arping`, "#!/bin/sh\necho arping from iputils 20221126\n", {
    mode: 0o755,
  });
  const ipv6 = { address: "fd00:9::109", family: 6, prefix: 128, interface: "eth0" } as const;
  const outcome = await preflightOn(cable, {
    vips: on("eth0").map((vip) => ({ ...vip, addresses: [...vip.addresses, ipv6] })),
    directories: [directory],
    before: ["setpriv", "--bounding-set=-net_raw", "--inh-caps=-net_raw"],
  });
  assert.ok(outcome.kind === "ready");
  assert.deepEqual(outcome.arping, { program: `${directory}/arping`, flavour: "iputils" });
  assert.deepEqual(outcome.warnings, [
    "VIPs are announced by arping, which is slower than a packet socket: " +
    "Cannot open a packet socket: the kernel refused, CAP_NET_RAW is wanted",
    'Cannot announce the IPv6 addresses of VIP "web-0": arping knows no IPv6',
  ]);
});

Deno.test("preflight() does not start with a program that is called arping and is not", async () => {
  await using cable = await layCable();
  const directory = await directoryWith(cable, "ip", "setsid", "sh");
  await Deno.symlink("/bin/true", `${directory}/arping`);
  assert.deepEqual(await preflightOn(cable, { directories: [directory], announcer: "arping" }), {
    kind: "problems",
    problems: [
      `Cannot use ${directory}/arping: it says neither that it is of iputils (or busybox) nor that it is of Habets`,
    ],
  });
});

Deno.test("preflight() says that arping lacks the privilege, when it is that which it lacks", async () => {
  await using cable = await layCable();
  const directory = await directoryWith(cable, "ip", "setsid", "sh");
  const text = "#!/bin/sh\necho 'arping: socket: Operation not permitted' >&2\nexit 2\n";
  await Deno.writeTextFile(`${directory}/arping`, text, { mode: 0o755 });
  assert.deepEqual(await preflightOn(cable, { directories: [directory], announcer: "arping" }), {
    kind: "problems",
    problems: [
      `Cannot use ${directory}/arping: it lacks the privilege CAP_NET_RAW; start molehill as root, or by systemd with ` +
      "AmbientCapabilities=CAP_NET_ADMIN CAP_NET_RAW",
    ],
  });
});
