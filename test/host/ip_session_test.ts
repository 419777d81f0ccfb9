import assert from "node:assert/strict";
import { startIpSession } from "../../src/host/ip_session.ts";
import { mustRun } from "../support/command.ts";
import { layCable } from "./cable.ts";

const add = (address: string, on = "eth0") => `address replace ${address}/32 dev ${on}`;
const remove = (address: string, on = "eth0") => `address del ${address}/32 dev ${on}`;

Deno.test("a session names the line that failed, in every batch anew", async () => {
  await using cable = await layCable();
  const session = startIpSession(cable.programs);
  assert.deepEqual(await session.run([add("192.168.9.1"), add("192.168.9.2")]), [null, null]);
  for (let round = 0; round < 3; round++) {
    const problems = await session.run([add("192.168.9.3"), add("192.168.9.4", "eth9"), add("192.168.9.5")]);
    assert.deepEqual(problems, [null, 'Cannot find device "eth9"', null]);
  }
  assert.deepEqual(await session.run([remove("192.168.9.1")]), [null]);
  await session.close();
});

Deno.test("a session does not speak of an interface that was deleted and made anew", async () => {
  await using cable = await layCable();
  const session = startIpSession(cable.programs);
  assert.deepEqual(await session.run([add("192.168.9.1")]), [null]);
  await mustRun(["ip", "-n", cable.host, "link", "del", "eth0"]);
  await mustRun(["ip", "-n", cable.host, "link", "add", "eth0", "type", "veth", "peer", "name", "eth1"]);
  assert.deepEqual(await session.run([add("192.168.9.1")]), [null]);
  assert.match(
    await mustRun(["ip", "-n", cable.host, "address", "show", "dev", "eth0"]),
    /192\.168\.9\.1\/32/,
  );
  await session.close();
});

Deno.test("a session whose ip was killed starts another one", async () => {
  await using cable = await layCable();
  const suicidal = await cable.wrap(`sh -c 'read -r line; kill -9 $$' ip`);
  const session = startIpSession({ ...cable.programs, ip: suicidal });
  assert.deepEqual(await session.run([add("192.168.9.1")]), ["ip ended"]);
  await session.close();
  const healthy = startIpSession(cable.programs);
  healthy.renew();
  assert.deepEqual(await healthy.run([add("192.168.9.1")]), [null]);
  await healthy.close();
});

Deno.test("a session whose ip hangs says so, and close() does not wait for it", async () => {
  await using cable = await layCable();
  const session = startIpSession({ ...cable.programs, ip: await cable.wrap("sleep 1000 #") });
  assert.deepEqual(await session.run([add("192.168.9.1")]), ["no answer within 2000 ms"]);
  await session.close();
});
