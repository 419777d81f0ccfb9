// The init script of the examples, run for real, in every shell that this machine has: on a host of its own, with the
// built executable.

import assert from "node:assert/strict";
import { builtBinary } from "../support/binary.ts";
import type { Outcome } from "../support/command.ts";
import { type InitScript, type InitScriptOptions, placeInitScript } from "../support/init_script.ts";
import type { Lab } from "../support/lab.ts";
import type { LabHost } from "../support/lab_host.ts";
import { newLab } from "../support/started_lab.ts";
import { waitUntil } from "../support/wait.ts";

const SHELLS: Readonly<Record<string, readonly string[]>> = {
  "sh": ["sh"],
  "bash": ["bash", "--posix"],
  "busybox": ["busybox", "sh"],
};

interface Place {
  readonly lab: Lab;
  readonly host: LabHost;
  readonly script: InitScript;
}

type Wishes = Partial<Pick<InitScriptOptions, "shell" | "defaults">>;

/** A host with the script; what it started is ended with it. */
async function withScript({ shell = ["sh"], defaults }: Wishes, use: (place: Place) => Promise<void>) {
  await using lab = await newLab({ hosts: 1, timing: { mature: '"0s"' } });
  const host = lab.host("test00");
  await use({ lab, host, script: await placeInitScript({ lab, host, shell, defaults }) });
}

/** What it says, and what it says that is wrong, in words that do not change from run to run. */
const told = ({ code, stdout, stderr }: Outcome): readonly [number, string] => [
  code,
  `${stdout}${stderr}`.replace(/pid \d+/g, "pid N").replace(/^molehill: /gm, "").trim(),
];

const isAlive = (pid: number): Promise<boolean> =>
  Deno.readTextFile(`/proc/${pid}/stat`).then((stat) => !/\) [ZX] /.test(stat), () => false);

for (const [name, shell] of Object.entries(SHELLS)) {
  const isMissing = name !== "sh" &&
    await new Deno.Command("which", { args: [name] }).output().then((out) => !out.success);

  Deno.test({
    name: `start, start again, status, reload, restart, stop, stop again (${name})`,
    ignore: isMissing,
    fn: () =>
      withScript({ shell }, async ({ host, script }) => {
        assert.deepEqual(told(await script("status")), [3, "does not run"]);
        assert.deepEqual(told(await script("start")), [0, "started (pid N)"]);
        // Success is said when it answers, and not before.
        assert.equal((await host.status())?.host, "test00");
        const pid = await script.pid();
        assert.deepEqual(told(await script("start")), [0, "runs already (pid N)"]);
        assert.equal(await script.pid(), pid);
        assert.deepEqual(told(await script("status")), [0, "runs (pid N)"]);
        await waitUntil(async () => (await host.addresses()).length === 3, {
          what: "the host to hold its VIPs",
        });

        assert.equal((await script("reload")).code, 0);
        const log = () => Deno.readTextFile(script.errorFile);
        await waitUntil(async () => (await log()).includes("SIGHUP"), { what: "the daemon to reload" });
        assert.equal(await isAlive(pid), true);

        assert.deepEqual(told(await script("restart")), [0, "stopped\nstarted (pid N)"]);
        assert.equal(await isAlive(pid), false);
        assert.notEqual(await script.pid(), pid);
        assert.deepEqual(told(await script("stop")), [0, "stopped"]);
        assert.deepEqual(await host.addresses(), []);
        assert.match(await log(), /Stopped with exit code 0\n$/);
        assert.deepEqual(told(await script("stop")), [0, "does not run"]);
        assert.deepEqual(told(await script("status")), [3, "does not run"]);
        assert.deepEqual(told(await script("reload")), [7, "Cannot reload: it does not run"]);
        assert.deepEqual(told(await script("try-restart")), [0, ""]);
        assert.deepEqual(told(await script("status")), [3, "does not run"]);
      }),
  });

  Deno.test({
    name: `a daemon that was killed is told by status, and started again (${name})`,
    ignore: isMissing,
    fn: () =>
      withScript({ shell }, async ({ script }) => {
        assert.equal((await script("start")).code, 0);
        const pid = await script.pid();
        Deno.kill(pid, "SIGKILL");
        await waitUntil(async () => !await isAlive(pid), { what: "the daemon to be gone" });
        assert.deepEqual(told(await script("status")), [
          1,
          `is dead, and its pid file is there: ${script.pidFile}`,
        ]);
        assert.equal((await script("start")).code, 0);
        assert.equal((await script("status")).code, 0);
        assert.equal((await script("stop")).code, 0);
      }),
  });

  Deno.test({
    name: `nothing befalls a process that has the pid of a former daemon (${name})`,
    ignore: isMissing,
    fn: () =>
      withScript({ shell }, async ({ script }) => {
        assert.equal((await script("start")).code, 0);
        const pid = await script.pid();
        Deno.kill(pid, "SIGKILL");
        await waitUntil(async () => !await isAlive(pid), { what: "the daemon to be gone" });
        const started = await Deno.readTextFile(script.startFile);
        await using other = new Deno.Command("sleep", { args: ["600"], stdout: "null", stderr: "null" })
          .spawn();
        const stale = async (pidText: string) => {
          await Deno.writeTextFile(script.pidFile, pidText);
          await Deno.writeTextFile(script.startFile, started);
        };
        const codes = { status: 1, reload: 7, "try-restart": 0, stop: 0 };
        for (const pidText of [`${other.pid}\n`, "-1\n", "", "1 2\n"]) {
          for (const [action, code] of Object.entries(codes)) {
            await stale(pidText);
            assert.equal((await script(action)).code, code, `${action} with ${JSON.stringify(pidText)}`);
            assert.equal(await isAlive(other.pid), true, action);
          }
        }
        await stale(`${other.pid}\n`);
        await Deno.remove(script.startFile);
        assert.equal((await script("stop")).code, 0);
        assert.equal(await isAlive(other.pid), true);
        await stale(`${other.pid}\n`);
        assert.deepEqual(told(await script("start")), [0, "started (pid N)"]);
        assert.notEqual(await script.pid(), other.pid);
        assert.deepEqual(told(await script("stop")), [0, "stopped"]);
        assert.equal(await isAlive(other.pid), true);
        other.kill("SIGKILL");
      }),
  });

  Deno.test({
    name: `a configuration with errors is told at the start, and stops nothing that runs (${name})`,
    ignore: isMissing,
    fn: () =>
      withScript({ shell }, async ({ lab, script }) => {
        await Deno.writeTextFile(lab.configFile, lab.config.replace('profile = "lan"', 'profile = "lam"'));
        const refused = await script("start");
        assert.equal(refused.code, 6);
        assert.match(
          refused.stderr,
          /^molehill: Cannot start, the daemon ended with exit code 2:\n.*:\d+:\d+: .*"lam"/,
        );
        assert.deepEqual(told(await script("status")), [3, "does not run"]);

        await Deno.writeTextFile(lab.configFile, lab.config);
        assert.equal((await script("start")).code, 0);
        const pid = await script.pid();
        await Deno.writeTextFile(lab.configFile, lab.config.replace('profile = "lan"', 'profile = "lam"'));
        for (const action of ["restart", "try-restart", "reload", "force-reload"]) {
          const { code, stderr } = await script(action);
          assert.equal(code, 6, action);
          assert.match(stderr, /nothing was done:\n.*"lam"/);
          assert.equal(await isAlive(pid), true, action);
        }
        // What is right, and cannot be done on this machine.
        await Deno.writeTextFile(
          lab.configFile,
          `${lab.config}\n[hooks]\nacquire = { command = ["/no/such/hook"] }\n`,
        );
        for (const action of ["restart", "try-restart", "reload", "force-reload"]) {
          const { code, stderr } = await script(action);
          assert.equal(code, 1, action);
          assert.match(stderr, /nothing was done:\n.*"\/no\/such\/hook": no such file/);
          assert.equal(await isAlive(pid), true, action);
        }
        assert.equal((await script("stop")).code, 0);
      }),
  });
}

Deno.test("what keeps the daemon from starting is told in its own words, and nothing else is", async () => {
  await withScript({}, async ({ lab, host, script }) => {
    await Deno.writeTextFile(script.errorFile, "words of yesterday\n");
    await Deno.writeTextFile(
      lab.configFile,
      lab.config.replaceAll('interface = "eth0"', 'interface = "eth9"'),
    );
    const refused = await script("start");
    assert.equal(refused.code, 1);
    assert.match(refused.stderr, /ended with exit code 69:\n[^]*Cannot use "eth9" .*\n$/);
    assert.doesNotMatch(refused.stderr, /yesterday/);
    assert.deepEqual(await host.addresses(), []);
  });
});

Deno.test("a program that is gone from under a daemon that runs is told, and the daemon left alone", async () => {
  const directory = await Deno.makeTempDir({ prefix: "molehill-test-" });
  const DAEMON = `${directory}/molehill`;
  await Deno.symlink(await builtBinary(), DAEMON);
  await withScript({ defaults: { DAEMON } }, async ({ script }) => {
    assert.equal((await script("start")).code, 0);
    const pid = await script.pid();
    await Deno.remove(DAEMON);
    for (const action of ["restart", "reload"]) {
      assert.deepEqual(told(await script(action)), [5, `There is no program ${DAEMON}`]);
    }
    assert.equal(await isAlive(pid), true);
    assert.deepEqual(told(await script("stop")), [0, "stopped"]);
  });
  await Deno.remove(directory, { recursive: true });
});

Deno.test("what it cannot write keeps it from nothing but its start", async () => {
  await withScript({ defaults: { RUNTIME_DIR: "/proc/molehill" } }, async ({ script }) => {
    const { code, stderr } = await script("start");
    assert.equal(code, 1);
    assert.match(stderr, /^molehill: Cannot start: mkdir: .*\/proc\/molehill.*\n$/);
  });
  for (const ERROR_FILE of ["/dev/full", "/dev/null"]) {
    await withScript({ defaults: { ERROR_FILE } }, async ({ script }) => {
      assert.deepEqual(told(await script("start")), [0, "started (pid N)"]);
      assert.deepEqual(told(await script("stop")), [0, "stopped"]);
    });
  }
});

Deno.test("the daemon has a session of its own, no terminal, and nobody's standard streams", async () => {
  await withScript({}, async ({ script }) => {
    assert.equal((await script("start")).code, 0);
    const pid = await script.pid();
    const fields = (await Deno.readTextFile(`/proc/${pid}/stat`)).replace(/^.*\) /, "").split(" ");
    const [, , group, session, terminal] = fields;
    assert.deepEqual([group, session, terminal], [String(pid), String(pid), "0"]);
    const streams = [0, 1, 2].map((descriptor) => Deno.readLinkSync(`/proc/${pid}/fd/${descriptor}`));
    assert.deepEqual(streams, ["/dev/null", script.errorFile, script.errorFile]);
    assert.equal(await Deno.readLink(`/proc/${pid}/cwd`), "/");
    // The lock of the script is not held by what it started.
    const opened = [...Deno.readDirSync(`/proc/${pid}/fd`)].map(({ name }) =>
      linkOf(`/proc/${pid}/fd/${name}`)
    );
    assert.deepEqual(opened.filter((path) => path.endsWith("init.lock")), []);
    assert.equal((await script("stop")).code, 0);
  });
});

function linkOf(path: string): string {
  try {
    return Deno.readLinkSync(path);
  } catch {
    return "";
  }
}

Deno.test("only root may do anything with it", async () => {
  await withScript({}, async ({ script }) => {
    const nobody = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"];
    assert.equal((await script("start")).code, 0);
    const pid = await script.pid();
    for (const action of ["start", "stop", "restart", "reload", "status"]) {
      assert.deepEqual(told(await script(action, nobody)), [4, `Cannot ${action}: only root may`]);
    }
    assert.equal(await isAlive(pid), true);
    assert.equal((await script("stop")).code, 0);
  });
});

Deno.test("an action that it does not know is a usage error", async () => {
  await withScript({}, async ({ script }) => {
    const { code, stderr } = await script("strat");
    assert.equal(code, 2);
    assert.match(stderr, /^Usage: .*\{start\|stop\|restart\|try-restart\|reload\|force-reload\|status\}/);
  });
});

Deno.test("a host without the program is told so, and status and stop work all the same", async () => {
  await withScript({ defaults: { DAEMON: "/nowhere/molehill" } }, async ({ script }) => {
    assert.deepEqual(told(await script("start")), [5, "There is no program /nowhere/molehill"]);
    assert.deepEqual(told(await script("status")), [3, "does not run"]);
    assert.deepEqual(told(await script("stop")), [0, "does not run"]);
  });
});

Deno.test("a daemon that hangs is killed in the end, and leaves no address", async () => {
  const defaults = { STOP_SECONDS: "1", HURRY_SECONDS: "1" };
  await withScript({ defaults }, async ({ host, script }) => {
    assert.equal((await script("start")).code, 0);
    await waitUntil(async () => (await host.addresses()).length === 3, { what: "the host to hold its VIPs" });
    const pid = await script.pid();
    Deno.kill(pid, "SIGSTOP");
    const [code, words] = told(await script("stop"));
    assert.equal(code, 0);
    assert.match(words, /^stopped\n.*has not stopped within 1 s.*\n.*killing it \(SIGKILL\)/);
    assert.deepEqual(await host.addresses(), []);
    assert.equal((await script("status")).code, 3);
  });
});

Deno.test("a daemon that somebody else started is left alone, and no other is started beside it", async () => {
  await withScript({}, async ({ host, script }) => {
    host.start();
    await host.answers();
    assert.deepEqual(told(await script("status")), [0, "runs, but was not started by this script"]);
    assert.equal((await script("start")).code, 1);
    assert.equal((await script("stop")).code, 1);
    assert.equal((await script("restart")).code, 1);
    assert.equal(host.daemon, "running");
    assert.equal(await host.stop(), 0);
  });
});

Deno.test("two starts at one moment start one daemon, and know it", async () => {
  await withScript({}, async ({ script }) => {
    const both = await Promise.all([script("start"), script("start")]);
    assert.deepEqual(both.map(told).sort(), [[0, "runs already (pid N)"], [0, "started (pid N)"]]);
    assert.deepEqual(told(await script("stop")), [0, "stopped"]);
  });
});
