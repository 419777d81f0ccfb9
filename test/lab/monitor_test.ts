// What "molehill monitor" shows of real ways between real hosts.

import assert from "node:assert/strict";
import type { Monitor } from "../../src/codec/monitor.ts";
import { mustRun } from "../support/command.ts";
import type { LabHost } from "../support/lab_host.ts";
import { LAB_UDP_PORT } from "../support/lab_network.ts";
import { inside } from "../support/namespace.ts";
import { PseudoTerminal } from "../support/pseudo_terminal.ts";
import { startedLab, UNHURRIED } from "../support/started_lab.ts";
import { waitUntil, waitUntilNone } from "../support/wait.ts";

async function monitorOf(host: LabHost): Promise<Monitor> {
  const { code, stdout, stderr } = await host.molehill(["monitor", "--json"]);
  assert(code === 0 || code === 1, stderr);
  return JSON.parse(stdout);
}

const seen = (monitor: Monitor, name: string): Monitor["hosts"][number] => {
  const host = monitor.hosts.find((each) => each.name === name);
  assert(host !== undefined);
  return host;
};

/** Of the datagrams that come to the host, a share is lost, by chance. */
const loseSome = (host: LabHost, percent: number): Promise<string> =>
  mustRun([...inside(host.place.namespace), "nft", "-f", "-"], {
    input: `table inet lossy { chain in { type filter hook input priority 0; ` +
      `udp dport ${LAB_UDP_PORT} numgen random mod 100 < ${percent} drop; }; }`,
  });

Deno.test("monitor shows on every host who hears whom and a round trip, and warns of nothing", async () => {
  await using lab = await startedLab({ timing: UNHURRIED });
  await waitUntilNone(async () => {
    const monitors = await Promise.all(lab.hosts.map(monitorOf));
    return monitors.flatMap(({ host: asked, hosts, warnings }) => [
      ...warnings,
      ...hosts.flatMap(({ name, hears, round_trip_ms, heartbeats }) => {
        const all = lab.hosts.map((each) => each.name).filter((each) => each !== name);
        const isMeasured = name === asked ||
          (round_trip_ms !== null && round_trip_ms < 100 && (heartbeats?.said ?? 0) > 10);
        return hears?.join() === all.join() && isMeasured
          ? []
          : [`${asked} sees ${name}: ${hears}, ${round_trip_ms}`];
      }),
    ]);
  }, { what: "all hosts to be measured" });
  const { code, stdout } = await lab.host("test01").molehill(["monitor"]);
  assert.equal(code, 0, stdout);
  assert.match(
    stdout,
    /^Group tudou as test01 sees it: running, view \d+, coordinator test00, 3 of 3 hosts heard\n/,
  );
  assert.match(stdout, /\n3 {2}test02 {10}\+ {2}\+ {2}-\n/);
});

Deno.test("monitor shows about the share of heartbeats that is lost, on the host that loses them and on no other", async () => {
  await using lab = await startedLab({ timing: { heartbeat: '"50ms"', timeout: '"2s"', mature: '"10s"' } });
  const lossy = lab.host("test01");
  await loseSome(lossy, 20);
  const lossOf = async (host: LabHost, name: string): Promise<number | null> => {
    const { heartbeats } = seen(await monitorOf(host), name);
    return heartbeats === null || heartbeats.said < 500 ? null : 1 - heartbeats.heard / heartbeats.said;
  };
  await waitUntilNone(async () => {
    const losses = await Promise.all([lossOf(lossy, "test00"), lossOf(lossy, "test02")]);
    return losses.flatMap((loss) => loss !== null && loss > 0.12 && loss < 0.28 ? [] : [`a loss of ${loss}`]);
  }, { what: "a loss of about 20 % on both ways", atMostMs: 90_000, everyMs: 500 });
  const { code, stdout } = await lossy.molehill(["monitor", "--once"]);
  assert.equal(code, 1);
  assert.match(
    stdout,
    /\d\d % of the heartbeats of host "test00" were lost on their way to this host \(\d+ of the last \d+\)/,
  );
  for (const name of ["test01", "test02"]) {
    const loss = await lossOf(lab.host("test00"), name);
    assert(loss !== null && loss < 0.05, `test00 loses ${loss} of ${name}`);
  }
});

Deno.test("monitor in a terminal is live: a host that stops is shown as such, and q ends it", async () => {
  await using lab = await startedLab({ timing: UNHURRIED });
  await using terminal = new PseudoTerminal({ columns: 160, rows: 40 });
  const { place, runtimeDirectory } = lab.host("test00");
  const child = terminal.start([
    ...inside(place.namespace),
    ...place.runs.program,
    ...["monitor", "--runtime-dir", runtimeDirectory],
  ]);
  await terminal.shows(/^test02 +member .*0\.1\.0/m);
  await lab.host("test02").stop();
  await terminal.shows(/^test02 +left /m);
  await terminal.shows(/^Group tudou as test00 sees it: .* 2 of 3 hosts heard/);
  terminal.press("q");
  await child.status;
  await waitUntil(() => !terminal.image.isAlternate && terminal.image.isCursorShown, {
    what: "the terminal to be given back",
  });
});
