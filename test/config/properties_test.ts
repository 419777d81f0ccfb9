// Whatever valid configuration chance makes up is read, to what was made up, and named by its digest.

import assert from "node:assert/strict";
import { fc } from "../support/property.ts";
import { stringify } from "smol-toml";
import { parseConfiguration } from "../../src/config/load.ts";
import { configurationOf } from "./small_file.ts";

type Toml = { readonly [key: string]: unknown };

const name = fc.stringMatching(/^[A-Za-z0-9][A-Za-z0-9._-]{0,12}$/).filter((text) => text !== "__proto__");
const interfaceName = fc.constantFrom("eth0", "eth1", "br-lan", "bond0.7");
const weight = fc.constantFrom(1, 2, 0.5, 10);

const file: fc.Arbitrary<Toml> = fc.record({
  cluster: name,
  partition: fc.constantFrom("serve", "quorum"),
  profile: fc.constantFrom("fast", "lan", "wan"),
  mode: fc.constantFrom("broadcast", "multicast", "unicast"),
  port: fc.integer({ min: 1, max: 65_535 }),
  hosts: fc.uniqueArray(fc.record({ name, weight }), {
    minLength: 1,
    maxLength: 6,
    selector: (each) => each.name,
  }),
  vips: fc.uniqueArray(
    fc.record({
      name,
      interface: interfaceName,
      addresses: fc.integer({ min: 1, max: 3 }),
      preferred: fc.integer({ min: 0, max: 6 }),
      handover: fc.constantFrom("exclusive", "overlap"),
    }),
    { maxLength: 8, selector: (each) => each.name },
  ),
  lease: fc.constantFrom("off", "5s", "60s"),
}).map((made) => ({
  cluster: { name: made.cluster, partition: made.partition, key_file: "/k" },
  timing: { profile: made.profile, lease: made.lease },
  segment: [{ name: "lan", mode: made.mode, port: made.port, ...groupAddress(made.mode) }],
  host: made.hosts.map((host, index) => ({ ...host, address: `10.0.0.${index + 1}` })),
  vip: made.vips.map((vip, index) => ({
    name: vip.name,
    handover: vip.handover,
    prefer: made.hosts.slice(0, vip.preferred).map((host) => host.name),
    addresses: Array.from(
      { length: vip.addresses },
      (_, at) => ({
        address: at === 1 ? `fd00::${index + 1}` : `10.1.${at}.${index + 1}`,
        interface: vip.interface,
      }),
    ),
  })),
}));

function groupAddress(mode: string): Toml {
  if (mode === "unicast") return {};
  return { address: mode === "broadcast" ? "10.255.255.255" : "239.0.0.7" };
}

/** The same tables with their keys in another order. */
function reordered(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(reordered);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).reverse().map(([key, each]) => [key, reordered(each)]));
}

const tomlOf = (tables: unknown): string => stringify(tables as Record<string, unknown>);

Deno.test("parseConfiguration() reads every valid file, and to what it says", () => {
  fc.assert(fc.property(file, (tables) => {
    const { hosts, vips, group } = configurationOf(tomlOf(tables));
    const wanted = tables as {
      host: { name: string; weight: number }[];
      vip: { name: string; prefer: string[] }[];
    };
    assert.deepEqual(hosts.map((host) => host.name), wanted.host.map((host) => host.name));
    assert.deepEqual(vips.map((vip) => vip.name), wanted.vip.map((vip) => vip.name));
    for (const host of wanted.host) {
      assert.equal(group.hosts.find((each) => each.name === host.name)?.weight, host.weight);
    }
    for (const vip of wanted.vip) {
      assert.deepEqual(group.vips.find((each) => each.name === vip.name)?.prefer, vip.prefer);
    }
    assert.match(group.digest, /^[0-9a-f]{16}$/);
  }));
});

Deno.test("the digest of any file ignores comments and the order of keys", () => {
  fc.assert(fc.property(file, fc.stringMatching(/^[ -~]{0,20}$/), (tables, comment) => {
    const text = tomlOf(tables);
    const other = tomlOf(reordered(tables)).replaceAll("\n", () => ` # ${comment}\n`);
    assert.equal(configurationOf(other).group.digest, configurationOf(text).group.digest);
  }));
});

Deno.test("parseConfiguration() answers any text with a configuration or with problems in order, never by throwing", () => {
  const words = fc.constantFrom(
    ..."[ ] [[ ]] = . , { } # \n \" ' cluster timing segment host vip vip_range notify balance name address"
      .split(" "),
    ..."addresses prefer hosts first last prefix interface targets 0 -1 1.5 inf true 1979-05-27 'a' '10.0.0.1'"
      .split(" "),
    "\n",
    "__proto__",
    "constructor",
  );
  const text = fc.oneof(fc.string(), fc.array(words, { maxLength: 40 }).map((all) => all.join(" ")));
  fc.assert(
    fc.property(text, (given) => {
      const loaded = parseConfiguration({ file: "f.toml", text: given });
      if (loaded.kind === "ok") return;
      assert.ok(loaded.problems.length > 0);
      const lines = loaded.problems.map(({ line }) => line);
      assert.deepEqual(lines, lines.toSorted((a, b) => a - b));
      assert.ok(loaded.problems.every(({ line, column }) => line >= 1 && column >= 1));
    }),
    { numRuns: 1_000 },
  );
});

Deno.test("a value of the wrong type anywhere is told of and never thrown", () => {
  const wrong = fc.constantFrom<unknown>(1, "x", true, [], {}, [1], [{}], { x: 1 }, [[]], -1.5, new Date(0));
  const steps = fc.array(fc.nat(), { minLength: 1, maxLength: 4 });
  fc.assert(
    fc.property(file, steps, wrong, (tables, steps, value) => {
      const loaded = parseConfiguration({
        file: "f.toml",
        text: tomlOf(withWrong(tables, { steps, value })),
      });
      if (loaded.kind === "invalid") {
        assert.ok(loaded.problems.every(({ message }) => message.startsWith("Cannot ")));
      }
    }),
    { numRuns: 300 },
  );
});

/** The tables with the value put where the steps lead, each to one of the entries there. */
function withWrong(
  tables: unknown,
  { steps, value }: { readonly steps: readonly number[]; readonly value: unknown },
) {
  const [step, ...further] = steps;
  const entries = typeof tables === "object" && tables !== null ? Object.entries(tables) : [];
  const chosen = entries[(step ?? 0) % Math.max(entries.length, 1)];
  if (step === undefined || chosen === undefined) return value;
  const inner: unknown = withWrong(chosen[1], { steps: further, value });
  if (Array.isArray(tables)) return tables.map((each, index) => String(index) === chosen[0] ? inner : each);
  return { ...tables as Toml, [chosen[0]]: inner };
}
