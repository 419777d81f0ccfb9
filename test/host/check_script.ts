// Looks once at each of the things given, and prints what came of it: to be run in each runtime.

import { createExecLooker } from "../../src/host/check_exec.ts";
import type { Looker, Probe } from "../../src/host/check.ts";
import { createFileLooker } from "../../src/host/check_file.ts";
import { createGatewayLooker } from "../../src/host/check_gateway.ts";
import { createHttpLooker } from "../../src/host/check_http.ts";
import { createProcessLooker } from "../../src/host/check_process.ts";
import { createTcpLooker } from "../../src/host/check_tcp.ts";

interface Asked {
  readonly probes: readonly Probe[];
  readonly setsid: string;
  readonly timeout: number;
}

const { probes, setsid, timeout }: Asked = JSON.parse(Deno.args[0] ?? "");

const results = await Promise.all(probes.map(async (probe) => {
  const looker = lookerOf(probe);
  const found = await looker.look({ giveUp: AbortSignal.timeout(timeout), timeout });
  looker.close();
  return found;
}));
console.log(JSON.stringify(results));
Deno.exit(0);

function lookerOf(probe: Probe): Looker {
  switch (probe.kind) {
    case "exec":
      return createExecLooker(probe, { setsid, names: { check: "web", host: "test00" } });
    case "tcp":
      return createTcpLooker(probe);
    case "http":
      return createHttpLooker(probe);
    case "process":
      return createProcessLooker(probe);
    case "file":
      return createFileLooker(probe);
    case "gateway":
      return createGatewayLooker(probe);
  }
}
