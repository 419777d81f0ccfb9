// How long things take: what PROTOCOL.md says, what check says and what the formulas come to are the same.

import assert from "node:assert/strict";
import { assumed, type Bound, boundsOf } from "../../src/config/bounds.ts";
import { configurationOf, SMALL_FILE, smallFile } from "./small_file.ts";
import { worked } from "./worked.ts";

const protocol = Deno.readTextFileSync(new URL("../../src/core/PROTOCOL.md", import.meta.url));
const section = protocol.split("\n## How long it takes\n")[1]?.split("\n## ")[0] ?? "";

/** The rows of the table as "name: formula". */
const documented = section.split("\n").filter((line) => line.startsWith("| ")).slice(2).map((line) => {
  const [, name = "", formula = ""] = line.replaceAll("`", "").split("|").map((cell) => cell.trim());
  return `${name}: ${formula}`;
});

const hosts = (count: number, replaced: Readonly<Record<string, string>> = {}) =>
  configurationOf(
    smallFile(replaced) +
      Array.from(
        { length: count - 2 },
        (_, at) => `[[host]]\nname = "h${at}"\naddress = "10.0.0.${at + 1}"\n`,
      )
        .join(""),
  ).group;
const quorum = { '"tudou"': '"tudou"\npartition = "quorum"' };
const timed = (keys: string) => hosts(3, { "[[segment]]": `[timing]\n${keys}\n[[segment]]` });

const named = (bounds: readonly Bound[], name: string): Bound => {
  const bound = bounds.find((each) => each.name === name);
  assert(bound, name);
  return bound;
};
const applying = (bounds: readonly Bound[]): readonly string[] =>
  bounds.filter(({ applies }) => applies).map(({ name }) => name);

Deno.test("the table of PROTOCOL.md has the rows and formulas of boundsOf(), in its order, and no others", () => {
  assert(documented.length > 10);
  const computed = boundsOf(hosts(3)).map(({ name, formula }) => `${name}: ${formula}`);
  assert.deepEqual(documented, computed);
});

Deno.test("PROTOCOL.md says what the symbols of the formulas are taken to be worth", () => {
  const words = section.replace(/\s+/g, " ");
  for (const [symbol, { worth }] of Object.entries(assumed)) {
    assert.match(
      words,
      new RegExp(`[ :] ?${symbol} (is )?(the way|a call|the start)[^()]*\\(${worth} ms`),
      symbol,
    );
  }
});

Deno.test("boundsOf() works out every formula as its text says, whatever the timings", () => {
  for (
    const keys of ['profile = "lan"', 'profile = "fast"\nmature = "2s"', 'heartbeat = "70ms"\nlease = "7s"']
  ) {
    const { timing, ...group } = timed(keys);
    const symbols = Object.fromEntries(Object.entries(assumed).map(([symbol, { worth }]) => [symbol, worth]));
    for (const { formula, worst } of boundsOf({ ...group, timing })) {
      const worth = { ...timing, ...symbols, lease: timing.lease ?? NaN, hook: 0 };
      assert.equal(worst, worked(formula, worth), formula);
    }
    for (const { formula, worst } of boundsOf({ ...group, timing }, { hook: 2_345 })) {
      const worth = { ...timing, ...symbols, lease: timing.lease ?? NaN, hook: 2_345 };
      assert.equal(worst, worked(formula, worth), formula);
    }
  }
});

Deno.test("boundsOf() adds the time of before_acquire to whatever ends with a VIP on another host, and to nothing else", () => {
  const without = boundsOf(hosts(3));
  const added = boundsOf(hosts(3), { hook: 2_000 }).filter(({ formula }, at) =>
    formula !== without[at]?.formula
  );
  assert(added.every(({ formula }) => formula.endsWith(" + hook")));
  assert.equal(named(added, "host dies").worst, 2_555);
  const names = added.map(({ name }) => name);
  for (const name of ["merge, one holder is left", "has released", "answer", "are removed"]) {
    assert(!names.some((each) => each.endsWith(name)), name);
  }
  const refused = "before_acquire refuses a VIP: another host holds it";
  assert.deepEqual([
    applying(without).includes(refused),
    applying(boundsOf(hosts(3), { hook: 1 })).includes(refused),
  ], [
    false,
    true,
  ]);
});

Deno.test("boundsOf() gives the longest times of the default timing", () => {
  const bounds = boundsOf(hosts(3));
  assert.equal(named(bounds, "host dies").worst, 555);
  assert.equal(named(bounds, "clean stop, drain or move: nobody answers").worst, 55);
  assert.equal(named(bounds, "daemon hangs: its kernel still answers").worst, 3_500);
  assert.equal(named(bounds, "cold start, hosts missing: every VIP is held").worst, 5_345);
});

Deno.test("boundsOf() says that a daemon that hangs answers for ever when leases are off", () => {
  const withLease = boundsOf(timed('lease = "off"')).filter(({ formula }) => formula.includes("lease"));
  assert.equal(withLease.length, 4);
  assert(withLease.every(({ worst }) => worst === null));
});

Deno.test("boundsOf() leaves out what cannot happen to a group of this mode and size", () => {
  const serving = applying(boundsOf(hosts(3)));
  assert(serving.length > 10 && serving.every((name) => !name.startsWith("quorum: ")));
  const voting = applying(boundsOf(hosts(5, quorum)));
  assert(voting.length > 10 && voting.every((name) => !name.startsWith("serve: ")));
  assert.equal(voting.filter((name) => name.startsWith("quorum: ")).length, 4);
});

Deno.test("boundsOf() promises nothing for a daemon that is killed where nobody can ask who answers", () => {
  const killed = "serve: daemon is killed, its guard lives";
  const asking = applying(boundsOf(hosts(3)));
  assert(asking.includes(killed));
  const rest = asking.filter((name) => name !== killed);
  assert.deepEqual(applying(boundsOf(hosts(3), { canAsk: false })), rest);
});

Deno.test("boundsOf() promises no takeover where nobody is left to take over", () => {
  const takesOver = (group: ReturnType<typeof hosts>) => {
    const bounds = boundsOf(group);
    return [
      named(bounds, "host dies").applies,
      named(bounds, "two hosts die within a heartbeat").applies,
    ];
  };
  assert.deepEqual(takesOver(hosts(2)), [true, false]);
  assert.deepEqual(takesOver(hosts(3)), [true, true]);
  assert.deepEqual(takesOver(hosts(2, quorum)), [false, false]);
  assert.deepEqual(takesOver(hosts(4, quorum)), [true, false]);
  assert.deepEqual(takesOver(hosts(5, quorum)), [true, true]);
  const alone = configurationOf(
    SMALL_FILE.replace('[[host]]\nname = "test01"\naddress = "192.168.9.161"\n', ""),
  );
  assert.deepEqual(applying(boundsOf(alone.group)), [
    "daemon hangs: its kernel still answers",
    "stopped daemon goes on: its VIPs are removed",
    "cold start, all hosts: every VIP is held",
  ]);
});
