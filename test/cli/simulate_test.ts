import { deepEqual, equal, match } from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { golden } from "../support/golden.ts";
import { molehill } from "./captured.ts";

const example = fileURLToPath(new URL("../../examples/three_hosts.toml", import.meta.url));

Deno.test("simulate tells of each host, each pair, each stop and the whole, exits with 0, and says the same again", async () => {
  const { code, out, err } = await molehill("simulate", "--config", example);
  deepEqual([code, err], [0, ""]);
  // What README shows. render_simulation_test.ts has the same from values, for when this one is written anew.
  await golden("cli/simulate_three_hosts.txt", out);
  equal((await molehill("simulate", "--config", example)).out, out);
});

Deno.test("simulate --json says the same for programs", async () => {
  const { code, out } = await molehill("simulate", "--config", example, "--pairs", "none", "--json");
  equal(code, 0);
  const { group, as_promised, stories, left_out } = JSON.parse(out);
  deepEqual({ group, as_promised, left_out }, { group: "tudou", as_promised: true, left_out: [] });
  deepEqual(stories.map(({ kind, hosts }: { kind: string; hosts: string[] }) => [kind, ...hosts].join(" ")), [
    "start test00 test01 test02",
    "split test00 test01",
    "loss test00",
    "loss test01",
    "loss test02",
    "stop test00",
    "stop test01",
    "stop test02",
  ]);
  deepEqual(stories[2].moves, [{ vip: "web-a", from: "test00", to: "test01" }]);
});

Deno.test("simulate exits with 2 when the file cannot be used, and says why", async () => {
  const { code, out, err } = await molehill("simulate", "--config", "/nonexistent.toml");
  deepEqual([code, out], [2, ""]);
  match(err, /no such file/);
});
