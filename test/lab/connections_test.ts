// What becomes of TCP connections when a VIP moves: new ones reach the new holder, and one that was open is reset as
// soon as its client says something to the new holder, which knows nothing of it.

import assert from "node:assert/strict";
import { linesOf } from "../host/lines.ts";
import type { Lab } from "../support/lab.ts";
import { inside } from "../support/namespace.ts";
import { startedLab, UNHURRIED } from "../support/started_lab.ts";

const VIP = "192.168.9.109";
const PORT = "8080";

function startScript(namespace: string, script: string, args: readonly string[]) {
  const path = new URL(script, import.meta.url).pathname;
  const [program = "", ...rest] = [
    ...inside(namespace),
    Deno.execPath(),
    "run",
    "-A",
    "--quiet",
    path,
    ...args,
  ];
  const child = new Deno.Command(program, { args: rest, stdin: "piped", stdout: "piped", stderr: "inherit" })
    .spawn();
  const lines = linesOf(child.stdout);
  const input = child.stdin.getWriter();
  return {
    line: async () => (await lines.next()).value ?? null,
    say: () => input.write(new TextEncoder().encode("x\n")),
    async end() {
      await input.close().catch(() => {});
      await child.status;
      await lines.return(undefined);
    },
  };
}

async function withServices(lab: Lab, test: () => Promise<void>): Promise<void> {
  const services = lab.hosts.map((host) =>
    startScript(host.place.namespace, "named_service.ts", [host.name, PORT])
  );
  for (const service of services) assert.equal(await service.line(), "listens");
  try {
    await test();
  } finally {
    for (const service of services) await service.end();
  }
}

const connect = (lab: Lab) => startScript(lab.client, "named_client.ts", [VIP, PORT]);

for (
  const [what, move] of [
    ["is moved", (lab: Lab, from: string) => lab.host(from).molehill(["drain", "--reason", "test"])],
    ["was on a host whose daemon is killed", (lab: Lab, from: string) => lab.host(from).kill()],
  ] as const
) {
  Deno.test(`when a VIP ${what}, new connections reach its new holder, and an open one is reset`, async () => {
    await using lab = await startedLab({ timing: UNHURRIED });
    await withServices(lab, async () => {
      const open = connect(lab);
      const before = await open.line();
      assert.equal(before, (await lab.holderOf(`${VIP}/32`))?.name);
      await move(lab, before ?? "");
      await lab.settled();
      const fresh = connect(lab);
      const after = await fresh.line();
      assert.equal(after, (await lab.holderOf(`${VIP}/32`))?.name);
      assert.notEqual(after, before);
      await open.say();
      assert.equal(await open.line(), "ECONNRESET");
      await fresh.say();
      assert.equal(await fresh.line(), after);
      await Promise.all([open.end(), fresh.end()]);
    });
  });
}
