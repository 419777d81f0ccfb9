// The compiled executable runs on Bun with a map of `Deno`; what the map does is compared with the real thing.

import { deepEqual, equal } from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { runtimes } from "../support/runtimes.ts";

const script = fileURLToPath(new URL("deno_script.ts", import.meta.url));
Deno.test("what the sources use of Deno does the same on Bun", async () => {
  const onDeno = await run(runtimes.deno);
  const onBun = await run(runtimes.bun);
  equal(onDeno.code, 7, onDeno.stderr);
  const differing = onDeno.lines.filter((line, at) => line !== onBun.lines[at]);
  deepEqual(onBun.lines.filter((line, at) => line !== onDeno.lines[at]), differing);
  equal(onBun.stderr, onDeno.stderr);
  equal(onBun.code, onDeno.code);
});

/** Interfaces of its own: one that is up, one without a carrier, one that is down. */
const network = [
  "ip link set lo up",
  "ip link add live type veth peer name peer",
  "ip link add dead type veth peer name other",
  "ip link set dev live up",
  "ip link set peer up",
  "ip link set other up",
  "ip address add 10.9.1.1/24 dev live",
  "ip address add 10.9.2.1/24 dev dead",
  "ip address add 10.9.3.1/32 dev other",
  "ip address add fd00::1:0:0:1/64 dev dead nodad",
].join(" && ");

async function run(command: readonly string[]) {
  const directory = await Deno.makeTempDir({ prefix: "molehill-" });
  try {
    const inNetwork = ["--net", "sh", "-c", `${network} && exec "$@"`, "sh"];
    const child = new Deno.Command("unshare", {
      args: [...inNetwork, ...command, script, directory, "--flag"],
      env: { MOLEHILL_SEEN: "seen", NO_COLOR: "1" },
      stdin: "piped",
      stdout: "piped",
      stderr: "piped",
    }).spawn();
    const input = child.stdin.getWriter();
    await input.write(new TextEncoder().encode("typed"));
    await input.close();
    const { code, stdout, stderr } = await child.output();
    return {
      code,
      lines: new TextDecoder().decode(stdout).replaceAll(directory, "DIRECTORY").split("\n"),
      stderr: new TextDecoder().decode(stderr),
    };
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}
