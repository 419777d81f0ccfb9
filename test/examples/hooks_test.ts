// The scripts of examples/hooks: they are sh, and call the programs of providers and of the system with the right
// words. The programs are played by one that writes down what it was called with.

import { deepEqual, equal } from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { mustRun, run } from "../support/command.ts";

const folder = fileURLToPath(new URL("../../examples/hooks/", import.meta.url));
const scripts = [...Deno.readDirSync(folder)].map(({ name }) => name).sort();

/** Each argument in brackets, so that it is seen where one ends. */
const PLAYER = `#!/bin/sh
{ printf '%s' "\${0##*/}"; for word; do printf ' [%s]' "$word"; done; echo; } >> "\${0%/*}/calls"
case "\${0##*/} $*" in
  curl*/api/token) echo TOKEN ;;
  curl*/placement/region) echo eu-central-1 ;;
  curl*/meta-data/mac) echo 02:00:00:00:00:01 ;;
  curl*/interface-id) echo eni-1 ;;
  curl*/metadata/v1/id) echo 386734086 ;;
  conntrack*) exit 1 ;;
esac
`;

const variables = {
  MOLEHILL_EVENT: "before_acquire",
  MOLEHILL_HOST: "proxy-1",
  MOLEHILL_VIP: "front-1",
  MOLEHILL_ADDRESSES: "10.30.0.101/32 10.30.0.102/32",
  MOLEHILL_REASON: "holder-gone",
  MOLEHILL_FROM: "proxy-2",
  MOLEHILL_TO: "proxy-1",
  MOLEHILL_MAC: "",
  MOLEHILL_FOREIGN_HOST: "",
  MOLEHILL_MEMBERS: "proxy-1",
  MOLEHILL_LOST: "proxy-2",
};

/** What the script calls, but for questions to the metadata service. */
async function callsOf(
  words: readonly string[],
  { change = {}, files = {} }: {
    readonly change?: Readonly<Record<string, string>>;
    readonly files?: Readonly<Record<string, string>>;
  } = {},
): Promise<readonly string[]> {
  const directory = await Deno.makeTempDir({ prefix: "molehill-" });
  try {
    for (const program of ["aws", "hcloud", "doctl", "curl", "conntrack", "systemctl", "logger"]) {
      await Deno.writeTextFile(`${directory}/${program}`, PLAYER, { mode: 0o755 });
    }
    for (const [name, text] of Object.entries(files)) await Deno.writeTextFile(`${directory}/${name}`, text);
    const [script, ...args] = words.map((word) => word.replace("DIRECTORY", directory));
    const env = Object.entries({ PATH: `${directory}:/usr/bin:/bin`, ...variables, ...change });
    await mustRun([
      "env",
      "-i",
      ...env.map(([name, value]) => `${name}=${value}`),
      `${folder}${script}`,
      ...args,
    ]);
    const calls = (await Deno.readTextFile(`${directory}/calls`).catch(() => "")).trim().split("\n");
    return calls.filter((call) => !call.startsWith("curl"));
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}

for (const script of scripts) {
  Deno.test(`examples/hooks/${script} is a script of sh that root can run`, async () => {
    equal((await run(["sh", "-n", `${folder}${script}`])).code, 0);
    const text = await Deno.readTextFile(`${folder}${script}`);
    equal(text.split("\n")[0], "#!/bin/sh");
    equal(((await Deno.stat(`${folder}${script}`)).mode ?? 0) & 0o777, 0o755);
  });
}

const calls: Readonly<Record<string, readonly string[]>> = {
  "aws_private_addresses.sh": [
    "aws [--region] [eu-central-1] [ec2] [assign-private-ip-addresses] [--network-interface-id] [eni-1] " +
    "[--private-ip-addresses] [10.30.0.101] [10.30.0.102] [--allow-reassignment]",
  ],
  "aws_elastic_address.sh eipalloc-7 DIRECTORY/interface": [
    "aws [ec2] [associate-address] [--allocation-id] [eipalloc-7] [--network-interface-id] [eni-2] " +
    "[--private-ip-address] [10.30.0.101] [--allow-reassociation]",
  ],
  "hetzner_floating_ip.sh web-a-ip": ["hcloud [floating-ip] [assign] [web-a-ip] [proxy-1]"],
  "hetzner_floating_ip.sh web-a-ip other": ["hcloud [floating-ip] [assign] [web-a-ip] [other]"],
  "digitalocean_reserved_ip.sh 203.0.113.7": [
    "doctl [compute] [reserved-ip-action] [assign] [203.0.113.7] [386734086]",
  ],
  "flush_conntrack.sh": ["10.30.0.101", "10.30.0.102"].flatMap((address) => [
    `conntrack [-D] [--orig-dst] [${address}]`,
    `conntrack [-D] [--reply-src] [${address}]`,
  ]),
  "reload_service.sh haproxy": ["systemctl [reload-or-restart] [haproxy]"],
  "tell_people.sh": [
    "logger [-t] [molehill-hook] [-p] [daemon.warning] [--] " +
    "[proxy-1 before_acquire front-1: holder-gone, from proxy-2 to proxy-1]",
  ],
};

for (const [words, expected] of Object.entries(calls)) {
  Deno.test(`examples/hooks: ${words} calls ${expected[0]?.split(" ")[0]} with the right words`, async () => {
    deepEqual(await callsOf(words.split(" "), { files: { interface: "eni-2\n" } }), expected);
  });
}

Deno.test("examples/hooks: every script is played here", () => {
  deepEqual([...new Set(Object.keys(calls).map((words) => words.split(" ")[0] ?? ""))].sort(), scripts);
});

Deno.test("examples/hooks: IPv6 addresses are no private addresses of AWS", async () => {
  const change = { MOLEHILL_ADDRESSES: "fd00::1/128" };
  deepEqual(await callsOf(["aws_private_addresses.sh"], { change }), []);
});

Deno.test("examples/hooks: tell_people.sh tells of partitions and foreign holders in words", async () => {
  const told = async (change: Readonly<Record<string, string>>) =>
    (await callsOf(["tell_people.sh"], { change }))[0]?.split("[--] ")[1];
  equal(
    await told({ MOLEHILL_EVENT: "partition", MOLEHILL_REASON: "members-lost" }),
    "[proxy-1 partition members-lost; lost: proxy-2; members: proxy-1]",
  );
  equal(
    await told({
      MOLEHILL_EVENT: "foreign_holder",
      MOLEHILL_REASON: "answered",
      MOLEHILL_MAC: "02:00:00:00:00:09",
    }),
    "[proxy-1 foreign_holder front-1 answered by 02:00:00:00:00:09 ]",
  );
});
