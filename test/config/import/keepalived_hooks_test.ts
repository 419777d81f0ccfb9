import { deepEqual, match } from "node:assert/strict";
import type { Imported } from "../../../src/config/import/import.ts";
import { fixture, keepalived, meaningOf, remarksOf, textOf } from "./read.ts";
import { pair, twoInstances, unicast } from "./vrrp.ts";

const root = "global_defs { script_user root }\n";

/** What is run for which VIPs; null: for all. */
function hooksOf(imported: Imported) {
  const { acquire, release } = meaningOf(imported).hooks;
  const [acquires, releases] = [acquire, release].map((hooks) =>
    hooks.map(({ command, vips }) => [command.join(" "), vips === null ? null : [...vips]])
  );
  return { acquire: acquires, release: releases };
}

const two = (ofA: string, ofB: string): Imported => keepalived({ "": root + twoInstances(ofA, ofB) });

Deno.test("import of keepalived: a program is run for the VIPs whose instances name it", () => {
  const imported = two(" notify_master /bin/a", "");
  deepEqual(hooksOf(imported), { acquire: [["/bin/a", ["A"]]], release: [] });
  deepEqual(remarksOf(imported), []);
});

Deno.test("import of keepalived: each instance has its own programs", () => {
  const imported = two(
    ' notify_master "/bin/a up"\n notify_backup "/bin/a down"\n notify_fault "/bin/a down"',
    ' notify_master "/bin/b up"\n notify_backup "/bin/b down"\n notify_stop "/bin/b down"',
  );
  deepEqual(hooksOf(imported), {
    acquire: [["/bin/a up", ["A"]], ["/bin/b up", ["B"]]],
    release: [["/bin/a down", ["A"]], ["/bin/b down", ["B"]]],
  });
  deepEqual(remarksOf(imported), []);
});

Deno.test("import of keepalived: a program that all instances name is run for all VIPs", () => {
  const imported = two(" notify_master '/bin/a \"hello world\"'", " notify_master \"/bin/a 'hello world'\"");
  deepEqual(hooksOf(imported), { acquire: [["/bin/a hello world", null]], release: [] });
});

Deno.test("import of keepalived: programs may run as long as they liked, and as whom the file says", () => {
  const imported = keepalived({
    "": `global_defs { script_user nobody }\n${
      twoInstances(" notify_master /bin/a", " notify_master /bin/a haproxy\n notify_backup /bin/b root")
    }`,
  });
  const { acquire, release } = meaningOf(imported).hooks;
  deepEqual(acquire.map(({ user, timeout }) => [user, timeout]), [["nobody", 60_000], ["haproxy", 60_000]]);
  deepEqual(release.map(({ user }) => user), [null]);
});

interface Doubt {
  readonly told: string;
  readonly of: Readonly<Record<string, string>>;
  readonly says: RegExp;
  readonly remark: RegExp;
}

const doubts: readonly Doubt[] = [
  {
    told: "another program for FAULT",
    of: { "": root + unicast("10.0.0.1", "10.0.0.2", " notify_backup /bin/b\n notify_fault /bin/f") },
    says: /^# release = \{ command = \["\/bin\/b"\] \}$/m,
    remark: /notify_fault \/bin\/f: release is run instead/,
  },
  {
    told: "a program for FAULT alone",
    of: { "": root + unicast("10.0.0.1", "10.0.0.2", " notify_fault /bin/f") },
    says: /^# release = \{ command = \["\/bin\/f"\] \}$/m,
    remark: /notify_fault \/bin\/f: it is run here whenever the VIP leaves/,
  },
  {
    told: "notify, which is told all states",
    of: { "": root + unicast("10.0.0.1", "10.0.0.2", " notify /bin/n") },
    says: /^# acquire = \{ command = \["\/bin\/n", "INSTANCE", "VI_1", "MASTER"\] \}$/m,
    remark: /notify \/bin\/n: it was also told FAULT and STOP/,
  },
  {
    told: "what was written for a shell",
    of: { "": root + unicast("10.0.0.1", "10.0.0.2", ' notify_master "/bin/a >/dev/null"') },
    says: /^# acquire = \{ command = \["\/bin\/sh", "-c", "\/bin\/a >\/dev\/null"\] \}$/m,
    remark: /notify_master \/bin\/a >\/dev\/null: keepalived 2 starts no shell/,
  },
  {
    told: "a program of one host's",
    of: { a: root + pair(" notify_master /bin/a").a, b: root + pair(" notify_master /bin/b").b },
    says: /^# {3}\{ command = \["\/bin\/b"\] \},$/m,
    remark: /notify_master \/bin\/b: the file of a does not name it, and hooks are the same on every host/,
  },
];

for (const { told, of, says, remark } of doubts) {
  Deno.test(`import of keepalived: ${told} is for a person to look at`, () => {
    const imported = keepalived(of);
    deepEqual(hooksOf(imported), { acquire: [], release: [] });
    match(textOf(imported), /^# Suggestion\. notify_master is acquire/m);
    match(textOf(imported), says);
    match(remarksOf(imported).join("\n"), remark);
  });
}

Deno.test("import of keepalived: what a rich pair of files runs", () => {
  const text = textOf(
    keepalived({ lb1: fixture("keepalived/lb1.conf"), lb2: fixture("keepalived/lb2.conf") }),
  );
  match(text, /^# acquire = \{ command = \["\/usr\/local\/bin\/gate", "master"\], vips = \["GATE"\] \}$/m);
  match(text, /^# release = \{ command = \["\/usr\/local\/bin\/gate", "backup"\], vips = \["GATE"\] \}$/m);
});
