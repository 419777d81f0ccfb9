// Drains that outlive the daemon: what the disk is asked for, and when.

import { deepEqual, equal, match, ok } from "node:assert/strict";
import type { ControlResponse, Status } from "../../src/codec/control.ts";
import type { HostName } from "../../src/core/vocabulary.ts";
import { type FakeHost, type FakeWorld, startHosts, type WorldOptions } from "./fake_hosts.ts";
import { group, test00, test01, test02 } from "./values.ts";

const everyone = [test00, test01, test02];
const since = Date.UTC(2030, 0, 1) - 3_600_000;

function hostOf(world: FakeWorld, name: HostName): FakeHost {
  const host = world.hosts.get(name);
  if (host === undefined) throw new Error(`Expected a host "${name}" in the test's world`);
  return host;
}

async function started(options: Partial<WorldOptions> = {}) {
  const world = startHosts(group, { names: everyone, ...options });
  await world.advance(1_000);
  const host = hostOf(world, test00);
  const done = host.done.length;
  const ask = async (request: Parameters<FakeHost["ask"]>[0]): Promise<ControlResponse> => {
    const answer = host.ask(request);
    await world.advance(300);
    return await answer;
  };
  /** What the disk was asked for, and what was done to addresses, since the group has settled. */
  const deeds = () => host.done.slice(done).filter((what) => /drain|^add |^remove /.test(what));
  return { world, host, ask, deeds };
}

function statusOf(response: ControlResponse): Status {
  if (response.kind !== "status") throw new Error(`Expected a status, found ${JSON.stringify(response)}`);
  return response.status;
}

Deno.test("a plain drain asks nothing of the disk, and neither does its resume", async () => {
  const { ask, deeds } = await started();
  const { draining, drain } = statusOf(await ask({ kind: "drain", reason: "new kernel" }));
  deepEqual([draining, drain?.persistent], ["new kernel", false]);
  equal(Date.parse(drain?.since ?? ""), Date.UTC(2030, 0, 1) + 2_000);
  equal(statusOf(await ask({ kind: "resume", reason: "" })).drain, null);
  ok(!deeds().some((what) => what.includes("drain")), deeds().join());
});

Deno.test("a drain that persists is on the disk before it begins", async () => {
  const { ask, deeds } = await started();
  const { drain } = statusOf(await ask({ kind: "drain", reason: "new kernel", persist: true }));
  equal(drain?.persistent, true);
  const [first, second] = deeds();
  equal(first, "write drain new kernel");
  match(second ?? "", /^remove /);
});

Deno.test("whoever asks for a drain that persists once more has it on the disk, whatever became of the file", async () => {
  const { ask, deeds } = await started();
  const request = { kind: "drain", reason: "new kernel", persist: true } as const;
  const { drain } = statusOf(await ask(request));
  deepEqual(statusOf(await ask(request)).drain, drain);
  const writes = deeds().filter((what) => what.startsWith("write"));
  deepEqual(writes, ["write drain new kernel", "write drain new kernel"]);
});

/** A host whose disk does not answer before it is told to. */
async function slow() {
  const scene = await started();
  const answer = Promise.withResolvers<void>();
  scene.host.interfere.disk = answer.promise;
  const heal = async () => {
    answer.resolve();
    await scene.world.advance(300);
  };
  return { ...scene, heal };
}

Deno.test("resume is the last word, also after a drain that the disk has yet to take", async () => {
  const { ask, host, heal, deeds } = await slow();
  const drained = host.ask({ kind: "drain", reason: "new kernel", persist: true });
  const resumed = host.ask({ kind: "resume", reason: "" });
  await heal();
  deepEqual(await drained, {
    kind: "refused",
    http: 409,
    error: "Cannot drain for good: this host was told to resume before the disk had taken that",
  });
  const { draining, drain } = statusOf(await resumed);
  deepEqual([draining, drain], [null, null]);
  deepEqual(deeds(), ["write drain new kernel", "remove drain"]);
  deepEqual(statusOf(await ask({ kind: "drain", reason: "new disk", persist: true })).draining, "new disk");
});

Deno.test("a drain is the last word after a resume that the disk has yet to take, whether it persists or not", async () => {
  for (const persist of [false, true]) {
    const { ask, host, heal } = await slow();
    const words = [
      host.ask({ kind: "drain", reason: "new kernel", persist: true }),
      host.ask({ kind: "resume", reason: "" }),
      host.ask({ kind: "drain", reason: "no answer", persist }),
    ];
    await heal();
    await Promise.all(words.slice(2));
    const { draining, drain } = statusOf(await ask({ kind: "status" }));
    deepEqual([draining, drain?.persistent], ["no answer", persist]);
  }
});

Deno.test("a plain drain waits for no disk that has yet to take one that persists", async () => {
  const { ask, host, heal } = await slow();
  const kept = host.ask({ kind: "drain", reason: "new kernel", persist: true });
  equal(statusOf(await ask({ kind: "drain", reason: "no answer" })).draining, "no answer");
  await heal();
  const { draining, drain } = statusOf(await kept);
  deepEqual([draining, drain?.persistent], ["new kernel", true]);
});

Deno.test("a drain that cannot be kept is refused, and does not begin", async () => {
  const { ask, deeds, host } = await started();
  host.interfere.drainFile = "the disk is full";
  deepEqual(await ask({ kind: "drain", reason: "x", persist: true }), {
    kind: "refused",
    http: 409,
    error: "Cannot drain for good: cannot write /var/lib/molehill/drain.json: the disk is full " +
      "(a drain without --persist needs no file)",
  });
  equal(statusOf(await ask({ kind: "status" })).draining, null);
  deepEqual(deeds(), ["write drain x"]);
});

Deno.test("a plain drain after one that persists changes nothing; another reason that persists does", async () => {
  const { ask, deeds } = await started();
  await ask({ kind: "drain", reason: "new kernel", persist: true });
  const { draining, drain } = statusOf(await ask({ kind: "drain", reason: "no answer" }));
  deepEqual([draining, drain?.persistent], ["new kernel", true]);
  const next = statusOf(await ask({ kind: "drain", reason: "new disk", persist: true }));
  deepEqual([next.draining, next.drain], ["new disk", drain]);
  deepEqual(deeds().filter((what) => what.startsWith("write")), [
    "write drain new kernel",
    "write drain new disk",
  ]);
});

Deno.test("a drain that goes on can be made to persist, and has been so since it began", async () => {
  const { ask, world } = await started();
  const first = statusOf(await ask({ kind: "drain", reason: "no answer" }));
  await world.advance(5_000);
  const second = statusOf(await ask({ kind: "drain", reason: "new disk", persist: true }));
  deepEqual(second.drain, { since: first.drain?.since, persistent: true });
});

Deno.test("resume ends a drain that persists, for the next daemon too", async () => {
  const { ask, deeds } = await started();
  await ask({ kind: "drain", reason: "new kernel", persist: true });
  equal(statusOf(await ask({ kind: "resume", reason: "" })).drain, null);
  ok(deeds().includes("remove drain"));
});

Deno.test("a resume whose file cannot be removed resumes, and says so until it can", async () => {
  const { ask, host } = await started();
  await ask({ kind: "drain", reason: "new kernel", persist: true });
  host.interfere.drainFile = "the file system is read-only";
  const error =
    "This host takes part again, but cannot remove /var/lib/molehill/drain.json: the file system is " +
    "read-only; the next daemon that starts here will drain";
  deepEqual(await ask({ kind: "resume", reason: "" }), { kind: "refused", http: 409, error });
  const status = statusOf(await ask({ kind: "status" }));
  deepEqual([status.draining, status.warnings], [null, [error]]);
  delete host.interfere.drainFile;
  deepEqual(statusOf(await ask({ kind: "resume", reason: "" })).warnings, []);
});

Deno.test("a file that could not be removed is nothing to warn of when the host is drained for good again", async () => {
  const { ask, host } = await started();
  await ask({ kind: "drain", reason: "new kernel", persist: true });
  host.interfere.drainFile = "the file system is read-only";
  await ask({ kind: "resume", reason: "" });
  delete host.interfere.drainFile;
  const { drain, warnings } = statusOf(await ask({ kind: "drain", reason: "new disk", persist: true }));
  deepEqual([drain?.persistent, warnings.filter((text) => text.includes("drain.json"))], [true, []]);
});

Deno.test("a daemon that finds a drain begins drained, takes nothing, and says since when and why", async () => {
  const { ask, host } = await started({ drainFound: { kind: "read", reason: "new kernel", since } });
  ok(!host.done.some((what) => what.startsWith("add")), host.done.join("\n"));
  const { draining, drain } = statusOf(await ask({ kind: "status" }));
  deepEqual([draining, drain], ["new kernel", { since: "2029-12-31T23:00:00.000Z", persistent: true }]);
  match(
    host.logged.map(({ text }) => text).join("\n"),
    /starts drained, as it has been since 2029-12-31T23:00:00.000Z \(new kernel\): "molehill resume" ends that/,
  );
  // All three have found it, so nobody holds anything until one of them resumes.
  const { vips } = statusOf(await ask({ kind: "resume", reason: "" }));
  ok(vips.some(({ holder }) => holder === test00));
});

Deno.test("a file that cannot be read counts as a drain, and is told of as an error", async () => {
  const { ask, host } = await started({ drainFound: { kind: "unreadable", problem: "EIO" } });
  const { draining, drain } = statusOf(await ask({ kind: "status" }));
  match(draining ?? "", /drain.json cannot be read \(EIO\)/);
  equal(drain?.persistent, true);
  ok(host.logged.some(({ level, text }) => level === "error" && text.startsWith("This host starts drained")));
});
