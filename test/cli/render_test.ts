import { equal, match } from "node:assert/strict";
import type { Status } from "../../src/codec/control.ts";
import { renderStatus } from "../../src/cli/render.ts";
import { renderTable } from "../../src/cli/table.ts";
import { golden } from "../support/golden.ts";
import { ago, host, now, vip, well } from "./status_values.ts";

const troubled: Status = {
  ...well,
  draining: "new kernel",
  drain: { since: ago(125_000), persistent: true },
  view: { number: 13, coordinator: "test00", members: ["test00", "test01"] },
  hosts: [
    { ...host("test00"), draining: true, vips: 0 },
    {
      ...host("test01"),
      mature: false,
      same_configuration: false,
      differences: [
        { name: "timing.timeout", here: "1s", elsewhere: "500ms" },
        { name: "vip web-d", here: "192.168.9.114/32 on eth0", elsewhere: null },
      ],
      damped: true,
      failing: ["web", "disk", "dns", "ntp"].map((check) => ({
        check,
        vips: null,
        more_vips: 0,
        problem: "exit code 1",
      })),
      vips: 2,
    },
    { ...host("test02"), state: "silent", silent_for_ms: 125_000, vips: 0 },
    { ...host("test03"), state: "silent", silent_for_ms: null, vips: 0 },
    { ...host("test04"), state: "heard", vips: 0 },
    { ...host("test05"), state: "left", draining: true, silent_for_ms: 125_000, vips: 0 },
    { ...host("test06"), state: "disputed", vips: 0 },
  ],
  vips: [
    { ...vip("web-a", "test01"), state: "moving", here: "removing", since: ago(350), reason: "drained" },
    {
      ...vip("web-bb", "test01"),
      addresses: ["192.168.9.110/32", "2001:db8::110/128"],
      reason: "aReasonOfTomorrow",
    },
    { ...vip("web-d", "test01"), known: false, addresses: [] },
    { ...vip("mail", ""), holder: null, state: "uncovered", since: null, reason: null },
  ],
  moves: [
    { at: ago(350), vip: "web-a", from: "test00", to: "test01", reason: "drained" },
    { at: ago(125_000), vip: "mail", from: "test02", to: null, reason: "holderGone" },
    ...[1, 2, 3, 4].map((days) => ({
      at: ago(days * 86_400_000),
      vip: "web-bb",
      from: null,
      to: "test01",
      reason: "unheld",
    })),
  ],
  warnings: [
    "1 VIP not covered: no member of the view can hold mail",
    'Host "test02" is silent: last heard 2m05s ago',
    'Host "test01" reads another configuration than most hosts: timing.timeout is 1s there, 500ms elsewhere; ' +
    "vip web-d is only there (192.168.9.114/32 on eth0)",
  ],
};

const alone: Status = {
  ...well,
  phase: "gathering",
  mature: false,
  view: null,
  hosts: well.hosts.map((each) => ({ ...each, state: each.name === "test00" ? "heard" : "silent", vips: 0 })),
  vips: well.vips.map((each) => ({
    ...each,
    holder: null,
    state: "unknown",
    since: null,
    reason: null,
    here: "absent",
  })),
  warnings: ["This host has no view yet"],
};

/** Of which the answering host shares two segments with most of the others. */
const redundant: Status = {
  ...well,
  hosts: [
    host("test00"),
    { ...host("test01"), paths: [heardOver("lan"), heardOver("back")] },
    {
      ...host("test02"),
      paths: [heardOver("lan"), { segment: "back", heard: false, silent_for_ms: 12_300 }],
    },
    { ...host("test03"), paths: [{ segment: "lan", heard: false, silent_for_ms: null }, heardOver("back")] },
    { ...host("test04"), paths: [heardOver("back")] },
    {
      ...host("test05"),
      state: "silent",
      silent_for_ms: 125_000,
      paths: ["lan", "back"].map((segment) => ({ segment, heard: false, silent_for_ms: 125_000 })),
    },
  ],
};

function heardOver(segment: string): Status["hosts"][number]["paths"][number] {
  return { segment, heard: true, silent_for_ms: 40 };
}

Deno.test("renderStatus() shows the paths where a host has several, and which of them is lost", async () => {
  await golden("cli/status_paths.txt", renderStatus(redundant, { colours: false, now }));
});

Deno.test("renderStatus() shows a group in which all is well", async () => {
  await golden("cli/status_well.txt", renderStatus(well, { colours: false, now }));
});

Deno.test("renderStatus() shows moves, what is uncovered, who is silent, and the warnings", async () => {
  await golden("cli/status_troubled.txt", renderStatus(troubled, { colours: false, now }));
});

Deno.test("renderStatus() tells how many notify targets have confirmed a VIP, unless all have", () => {
  const why = (notified: Status["vips"][number]["notified"]) => {
    const text = renderStatus({ ...well, vips: [{ ...vip("web-a", "test00"), notified }] }, {
      colours: false,
      now,
    });
    return /nobody held it.*/.exec(text)?.[0];
  };
  equal(why(null), "nobody held it");
  equal(why({ confirmed: 2, missing: [], more: 0, neighbours: 0 }), "nobody held it");
  equal(
    why({ confirmed: 1, missing: ["192.168.8.1"], more: 0, neighbours: 0 }),
    "nobody held it; 1 of 2 targets confirmed (not 192.168.8.1)",
  );
  equal(
    why({ confirmed: 0, missing: ["192.168.8.1"], more: 0, neighbours: 0 }),
    "nobody held it; 0 of 1 target confirmed (not 192.168.8.1)",
  );
  equal(
    why({ confirmed: 2, missing: ["192.168.8.1", "fd00::1"], more: 5, neighbours: 0 }),
    "nobody held it; 2 of 9 targets confirmed (not 192.168.8.1, fd00::1 and 5 more)",
  );
});

Deno.test("renderStatus() shows a host that has no view yet", async () => {
  await golden("cli/status_alone.txt", renderStatus(alone, { colours: false, now }));
});

Deno.test("renderStatus() changes nothing but colours on a terminal", () => {
  for (const status of [well, troubled, alone, redundant]) {
    const coloured = renderStatus(status, { colours: true, now });
    match(coloured, /\p{Cc}\[31m|\p{Cc}\[32m/u);
    equal(coloured.replaceAll(/\p{Cc}\[\d+m/gu, ""), renderStatus(status, { colours: false, now }));
  }
});

Deno.test("renderStatus() takes a time that is yet to come for now, as clocks of hosts differ", () => {
  const early = { ...well, vips: [{ ...vip("web-a", "test00"), since: ago(-5_000) }] };
  match(renderStatus(early, { colours: false, now }), /held +0ms/);
});

Deno.test("renderTable() aligns columns, numbers at the right, and leaves no blanks at the ends", () => {
  const lines = renderTable(
    {
      heads: ["NAME", "COUNT", "NOTE"],
      rows: [["a", "7", ""], ["longer", "1000", { text: "x", colour: "bad" }]],
    },
    { colours: false, rightColumns: [1] },
  );
  equal(lines.join("\n"), "NAME    COUNT  NOTE\na           7\nlonger   1000  x");
});
