import { equal, match, ok } from "node:assert/strict";
import type { Monitor } from "../../src/codec/monitor.ts";
import { parseMonitor } from "../../src/codec/monitor.ts";
import { renderMonitor } from "../../src/cli/render_monitor.ts";
import { golden } from "../support/golden.ts";
import { monitored, seen } from "./monitor_values.ts";

const never: Monitor["hosts"][number] = {
  ...seen("test03"),
  state: "silent",
  silent_for_ms: null,
  view: null,
  follows: null,
  hears: null,
  round_trip_ms: null,
  heartbeats: null,
  clock_difference_ms: null,
  version: null,
  digest: null,
  vips: 0,
};

const troubled: Monitor = {
  ...monitored,
  hosts: [
    { ...seen("test00"), hears: ["test01", "test02"] },
    {
      ...seen("test01"),
      view: { number: 11, coordinator: "test01" },
      follows: "test01",
      hears: ["test00"],
      round_trip_ms: 132.4,
      heartbeats: { said: 600, heard: 511 },
      clock_difference_ms: -3_204,
      version: "1.3.0",
      digest: "1122334455667788",
      same_configuration: false,
      draining: true,
      mature: false,
      restarts: 2,
    },
    {
      ...seen("test02"),
      state: "heard",
      view: null,
      hears: ["test00", "test01"],
      round_trip_ms: 4.26,
      vips: 0,
    },
    never,
    { ...never, name: "test04", silent_for_ms: 192_000, version: "1.2.3", digest: "5f2b8e0c9a417d36" },
  ],
  warnings: [
    'Host "test04" is silent: last heard 3m12s ago',
    'Host "test03" is silent: never heard since this daemon started',
    'Host "test02" hears "test01", and "test01" does not hear "test02": they cannot be in one view',
  ],
};

Deno.test("renderMonitor() shows a healthy group", async () => {
  await golden("cli/monitor_well.txt", renderMonitor(monitored, { colours: false }));
});

Deno.test("renderMonitor() shows who is behind, lossy, off, different, deaf, silent, and was never heard", async () => {
  await golden("cli/monitor_troubled.txt", renderMonitor(troubled, { colours: false }));
});

Deno.test("renderMonitor() in colours says the same", () => {
  for (const monitor of [monitored, troubled]) {
    const painted = renderMonitor(monitor, { colours: true });
    ok(painted.includes("\x1b["));
    equal(painted.replaceAll(/\p{Cc}\[\d+m/gu, ""), renderMonitor(monitor, { colours: false }));
  }
});

Deno.test("renderMonitor() shows that all is lost of a silent host that others hear", () => {
  const hosts = monitored.hosts.map((each) => each.name === "test01" ? { ...never, name: "test01" } : each);
  match(renderMonitor({ ...monitored, hosts }, { colours: false }), /^test01 +silent .* 100% /m);
});

Deno.test("renderMonitor() tells of a large group only who does not hear whom", () => {
  const names = Array.from({ length: 40 }, (_, at) => `test${String(at).padStart(2, "0")}`);
  const hosts = names.map((name) => ({ ...seen(name), hears: names.filter((each) => each !== name) }));
  match(renderMonitor({ ...monitored, hosts }, { colours: false }), /\n\nEverybody hears everybody else\n$/);
  const deaf = hosts.map((host) => host.name === "test07" ? { ...host, hears: names.slice(10) } : host);
  match(
    renderMonitor({ ...monitored, hosts: deaf }, { colours: false }),
    /WHO DOES NOT HEAR WHOM\ntest07 does not hear test00, test01, test02, test03, test04, test05 and 3 more\n$/,
  );
});

Deno.test("what a daemon answers to monitor is read as it was sent, and what it does not have is a problem", () => {
  for (const monitor of [monitored, troubled]) {
    const read = parseMonitor(JSON.stringify({ ...monitor, later: 1 }));
    ok(read.ok);
    equal(JSON.stringify(read.value), JSON.stringify(monitor));
  }
  equal(parseMonitor("{}").ok, false);
});
