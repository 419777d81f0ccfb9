import assert from "node:assert/strict";
import { inside } from "../support/namespace.ts";
import { mustRun } from "../support/command.ts";
import { runtimes } from "../support/runtimes.ts";
import { layCable } from "./cable.ts";
import { linesOf } from "./lines.ts";

const SCRIPT = new URL("kernel_socket_script.ts", import.meta.url).pathname;

for (const [runtime, words] of Object.entries(runtimes)) {
  Deno.test(`sockets of the kernel tell at once what came, filtered, and let the process end, on ${runtime}`, async () => {
    await using cable = await layCable();
    const [program = "", ...args] = [...inside(cable.host), ...words, SCRIPT];
    const child = new Deno.Command(program, { args, stdin: "null", stdout: "piped", stderr: "inherit" })
      .spawn();
    const lines = linesOf(child.stdout);
    assert.equal((await lines.next()).value, "nothing waits: null");
    assert.equal((await lines.next()).value, "filter taken: true");
    assert.equal((await lines.next()).value, "ready: true");
    await mustRun(["ip", "-n", cable.host, "link", "set", "eth0", "txqueuelen", "999"]);
    assert.equal((await lines.next()).value, "the kernel told of the link: true");
    // A request, which is filtered out, and the neighbour's answer to one of the host.
    await mustRun([
      ...inside(cable.neighbour),
      "arping",
      "-q",
      "-c",
      "1",
      "-w",
      "1",
      "-I",
      "eth0",
      "192.168.9.160",
    ]);
    await mustRun([
      ...inside(cable.host),
      "arping",
      "-q",
      "-c",
      "1",
      "-w",
      "1",
      "-I",
      "eth0",
      "192.168.9.50",
    ]);
    assert.equal((await lines.next()).value, "replies: [[0,2,192,168,9,50]]");
    assert.equal((await lines.next()).done, true);
    assert.equal((await child.status).code, 0);
  });
}
