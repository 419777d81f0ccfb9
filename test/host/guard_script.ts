// Stands in for the daemon, inside a network namespace: starts a guard and a child that lives on, adds the VIPs, says so, and waits for its end.

import { openAddresses } from "../../src/host/addresses.ts";
import { openGuard } from "../../src/host/guard.ts";
import type { PlacedVip } from "../../src/host/placed_vip.ts";
import type { Programs } from "../../src/host/programs.ts";

interface Options {
  readonly vips: readonly PlacedVip[];
  readonly runtimeDir: string;
  readonly programs: Programs;
}

const { vips, runtimeDir, programs }: Options = JSON.parse(Deno.args[0] ?? "");
const early = new Deno.Command("sleep", { args: ["600"], stdin: "null", stdout: "null", stderr: "null" })
  .spawn();
const guard = await openGuard({ vips, runtimeDir, programs, onTrouble: console.error });
if (guard.kind === "problem") throw new Error(guard.problem);
const late = new Deno.Command("sleep", { args: ["600"], stdin: "piped", stdout: "null", stderr: "null" })
  .spawn();
const opened = openAddresses({ vips, lease: null, own: [] });
if (opened.kind === "problem") throw new Error(opened.problem);
const { problems } = await opened.addresses.add(vips.map(({ vip }) => vip));
if (problems.length > 0) throw new Error(JSON.stringify(problems));
// Two children that outlive this process: if they kept the guard's pipe open, the guard would sleep on.
console.log(`holding ${early.pid} ${late.pid}`);
setInterval(() => {}, 60_000);
