// Whatever text comes, the importers answer; and whatever they print of files that are right, the loader reads, to what
// the files said.

import assert from "node:assert/strict";
import { fc } from "../../support/property.ts";
import { parseConfiguration } from "../../../src/config/load.ts";
import type { Imported } from "../../../src/config/import/import.ts";
import { fixture, keepalived, meaningOf, textOf, wackamole } from "./read.ts";

/** Pieces that the parsers look for, in any order, between anything. */
const pieces = fc.constantFrom(
  ..."Spread_Segment VirtualInterfaces Prefer None Notify arp-cache throttle ping balance interval mature RunDynamic on up"
    .split(" "),
  ..."vrrp_instance vrrp_sync_group group virtual_ipaddress unicast_peer track_script script dev weight include"
    .split(" "),
  ..."{ } = \" ' # ! \\ $ ${ @a @^a ~SEQ( ~SEQ(N,1,3) $A= $A ~LST( \n \r\n \t / : , %h".split(" "),
  ..."10.0.0.1 eth0:10.0.0.1/32 eth0:10.0.0.1/32n24 225.0.1.1:4803 [::1]:4803 fd00::1/64 4803 5s 3h all -1 1e9 0x"
    .split(" "),
);
const text = fc.oneof(
  fc.string({ unit: "binary", maxLength: 200 }),
  fc.array(fc.oneof({ weight: 6, arbitrary: pieces }, { weight: 1, arbitrary: fc.string() }), {
    maxLength: 60,
  })
    .chain((words) => fc.constantFrom(" ", "", "\n").map((between) => words.join(between))),
);

/** A right file with a piece cut out or put in somewhere. */
const damaged = (right: string): fc.Arbitrary<string> =>
  fc.tuple(fc.nat(right.length), fc.nat(40), fc.oneof(pieces, fc.string())).map((
    [at, length, put],
  ) => right.slice(0, at) + put + right.slice(at + length));

/** It says what is wrong, or prints something of which the loader says no more than the answer does. */
function assertAnswered(imported: Imported): void {
  if (imported.kind === "problem") {
    assert(imported.problems.length > 0);
    for (const problem of imported.problems) assert.match(problem, /^[^\n]*:\d+:\d+: Cannot [^\n]+$/);
    return;
  }
  const loaded = parseConfiguration({ file: "molehill.toml", text: imported.text });
  if (loaded.kind === "invalid") {
    assert(imported.open.length > 0);
    for (const { message } of loaded.problems) assert.doesNotMatch(message, /Cannot read the file as TOML/);
  } else assert.deepEqual(imported.open, []);
  // deno-lint-ignore no-control-regex
  for (const told of imported.remarks) assert.doesNotMatch(told, /[\u0000-\u001f\u007f-\u009f]/);
}

Deno.test("the importers of Spread and Wackamole answer to any text", () => {
  fc.assert(fc.property(text, text, text, (spread, conf, hosts) => {
    assertAnswered(wackamole({ spread, conf, hosts }));
    assertAnswered(wackamole({ spread, of: { a: conf, b: hosts }, hosts: conf }));
  }));
});

Deno.test("the importer of keepalived answers to any text", () => {
  fc.assert(fc.property(text, text, text, (one, other, hosts) => {
    assertAnswered(keepalived({ "": one }, hosts));
    assertAnswered(keepalived({ a: one, b: other }));
  }));
});

Deno.test("the importers answer to right files with a piece that is wrong", () => {
  const [spread, conf] = [fixture("wan/spread.conf"), fixture("wan/web1.conf")];
  const hosts = fixture("wan/hosts");
  fc.assert(fc.property(damaged(spread), damaged(conf), damaged(hosts), (badSpread, badConf, badHosts) => {
    assertAnswered(wackamole({ spread: badSpread, conf, hosts }));
    assertAnswered(wackamole({ spread, of: { web1: badConf, web2: conf }, hosts: badHosts }));
  }));
  const [lb1, lb2] = [fixture("keepalived/lb1.conf"), fixture("keepalived/lb2.conf")];
  fc.assert(fc.property(damaged(lb1), (bad) => {
    assertAnswered(keepalived({ lb1: bad, lb2 }));
    assertAnswered(keepalived({ "": bad }));
  }));
});

const interfaceName = fc.constantFrom("eth0", "eth1", "br-lan", "bond0.7");
const seconds = fc.integer({ min: 0, max: 5_000 });

const pair = fc.record({
  hosts: fc.integer({ min: 1, max: 6 }),
  segments: fc.integer({ min: 1, max: 3 }),
  group: fc.constantFrom("10.0.255.255", "225.0.1.1:3333", "127.0.0.255:4803"),
  token: fc.option(fc.integer({ min: 1, max: 100_000 })),
  named: fc.boolean(),
  sets: fc.array(fc.array(interfaceName, { minLength: 1, maxLength: 3 }), { minLength: 1, maxLength: 8 }),
  prefers: fc.array(fc.nat(7), { maxLength: 6 }),
  mature: seconds,
  interval: seconds,
  acquisitions: fc.oneof(fc.constant("all"), fc.nat(9).map(String)),
  targets: fc.array(
    fc.record({
      on: interfaceName,
      prefix: fc.integer({ min: 8, max: 32 }),
      throttle: fc.option(fc.nat(300)),
      ping: fc.boolean(),
    }),
    {
      maxLength: 4,
    },
  ),
});

Deno.test("whatever the importers print of right files of Spread and Wackamole, the loader reads", () => {
  fc.assert(fc.property(pair, (made) => {
    const hosts = Array.from({ length: made.hosts }, (_, at) => `host${at}.example.org 10.0.0.${at + 1}`);
    const segments = Array.from(
      { length: made.segments },
      (_, at) =>
        `Spread_Segment ${made.group} {\n${
          hosts.filter((_, index) => index % made.segments === at).join("\n")
        }\n}\n`,
    );
    const address = (set: number, at: number) => `10.1.${set}.${at + 1}`;
    const sets = made.sets.map((set, index) =>
      `{ ${set.map((on, at) => `${on}:${address(index, at)}/32`).join(" ")} }`
    );
    const targets = made.targets.map(({ on, prefix, throttle, ping }) =>
      `${on}:10.2.0.0/${prefix}${throttle === null ? "" : ` throttle ${throttle}`}${ping ? " ping" : ""}`
    );
    const conf = (prefer: string) =>
      `Group = g\n${prefer}\nVirtualInterfaces {\n${sets.join("\n")}\n}\nmature = ${made.mature}s\n` +
      `Balance { AcquisitionsPerRound = ${made.acquisitions} interval = ${made.interval}s }\n` +
      `Notify { ${targets.join("\n")}\narp-cache }`;
    const prefer = (host: number) =>
      made.prefers[host] === undefined ? "Prefer None" : `Prefer eth0:${address(made.prefers[host], 0)}/32`;
    const files = made.named
      ? { of: Object.fromEntries(hosts.map((_, at) => [`host${at}`, conf(prefer(at))])) }
      : { conf: conf("Prefer None") };
    const token = made.token === null ? "" : `TokenTimeout = ${made.token}\n`;
    const { hosts: read, vips, group } = meaningOf(
      wackamole({ spread: token + segments.join(""), ...files }),
    );
    assert.equal(read.length, made.hosts);
    assert.deepEqual(
      vips.map(({ addresses }) => addresses.map((each) => each.address)),
      made.sets.map((set, index) => set.map((_, at) => address(index, at))),
    );
    for (const { name, prefer } of group.vips) {
      const wanted = made.named
        ? hosts.flatMap((_, at) =>
          made.prefers[at] !== undefined && address(made.prefers[at], 0) === name ? [`host${at}`] : []
        )
        : [];
      assert.deepEqual(prefer, wanted);
    }
  }));
});

const instances = fc.array(
  fc.record({
    on: interfaceName,
    addresses: fc.integer({ min: 1, max: 4 }),
    priorities: fc.tuple(fc.integer({ min: 1, max: 254 }), fc.integer({ min: 1, max: 254 })),
    advert: fc.constantFrom("1", "0.1", "0.01", "0.003", "5", "40.95", "300"),
    nopreempt: fc.boolean(),
    script: fc.string().filter((script) => script.trim() !== ""),
    pace: fc.dictionary(
      fc.constantFrom("interval", "timeout", "rise", "fall"),
      fc.constantFrom("0", "0.5", "1", "7", "300", "100000"),
    ),
    reverse: fc.constantFrom("", " weight 0 reverse"),
  }),
  { minLength: 1, maxLength: 6 },
);

Deno.test("whatever the importer prints of right files of keepalived, the loader reads", () => {
  fc.assert(fc.property(instances, (made) => {
    const address = (instance: number, at: number) => `10.1.${instance}.${at + 1}`;
    const file = (own: 0 | 1) =>
      made.map(({ on, addresses, priorities, advert, nopreempt, script, pace, reverse }, index) =>
        `vrrp_script s${index} {\n script ${JSON.stringify(script.replaceAll('"', "'"))}\n${
          Object.entries(pace).map((pair) => pair.join(" ")).join("\n")
        }\n}\n` +
        `vrrp_instance V${index} {\n interface ${on}\n priority ${priorities[own]}\n advert_int ${advert}\n` +
        ` unicast_src_ip 10.0.0.${own + 1}\n unicast_peer {\n  10.0.0.${
          2 - own
        }\n }\n track_script {\n  s${index}${reverse}\n }\n` +
        (nopreempt ? " nopreempt\n" : "") +
        ` virtual_ipaddress {\n${
          Array.from({ length: addresses }, (_, at) => address(index, at)).join("\n")
        }\n }\n}\n`
      ).join("");
    const { vips, group } = meaningOf(keepalived({ a: file(0), b: file(1) }));
    assert.deepEqual(
      vips.map((vip) => vip.addresses.map((each) => each.address)),
      made.map(({ addresses }, index) => Array.from({ length: addresses }, (_, at) => address(index, at))),
    );
    for (const [index, { priorities: [a, b], nopreempt }] of made.entries()) {
      const prefer = group.vips.find(({ name }) => name === `V${index}`)?.prefer;
      assert.deepEqual(prefer, nopreempt || a === b ? [] : a > b ? ["a", "b"] : ["b", "a"]);
    }
    assert(textOf(keepalived({ "": file(0) })).length > 0);
  }));
});
