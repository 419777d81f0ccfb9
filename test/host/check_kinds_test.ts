// What each kind of check finds, of real programs, servers, processes, files and neighbours, in both runtimes.

import assert from "node:assert/strict";
import { createServer } from "node:net";
import type { AddressInfo, Server } from "node:net";
import type { Probe } from "../../src/host/check.ts";
import { findProgram, searchPath } from "../../src/host/programs.ts";
import { mustRun } from "../support/command.ts";
import { inside } from "../support/namespace.ts";
import { runtimes } from "../support/runtimes.ts";
import { sleep, waitUntil } from "../support/wait.ts";
import { layCable } from "./cable.ts";

const SCRIPT = new URL("check_script.ts", import.meta.url).pathname;
const HUNG_FILES = new URL("hung_files_script.ts", import.meta.url).pathname;
const hasFuse = await Deno.stat("/dev/fuse").then(() => true, () => false);
const setsid = await findProgram("setsid", searchPath(undefined)) ?? "setsid";

/** What is found of each; null: all is well. */
async function found(
  runtime: readonly string[],
  probes: readonly Probe[],
  { timeout = 20_000, within = [] }: { timeout?: number; within?: readonly string[] } = {},
): Promise<readonly (string | null)[]> {
  const asked = JSON.stringify({ probes, setsid, timeout });
  return JSON.parse(await mustRun([...within, ...runtime, SCRIPT, asked]));
}

const exec = (...command: string[]): Probe => ({ kind: "exec", command, user: null });
const script = (text: string): Probe => exec("/bin/sh", "-c", text);

for (const [runtime, words] of Object.entries(runtimes)) {
  Deno.test(`exec: exit code 0 is well, another one is told with the last line of stderr (${runtime})`, async () => {
    const results = await found(words, [
      script("echo no problem >&2; exit 0"),
      script("exit 3"),
      script("echo first >&2; echo 'the disk is full' >&2; echo; exit 1"),
      script("kill -TERM $$"),
      script("head -c 3000000 /dev/zero | tr '\\0' x >&2; echo >&2; printf 'the\\tend' >&2; exit 1"),
      exec("/no/such/program"),
    ]);
    assert.deepEqual(results.slice(0, 5), [
      null,
      "exit code 3",
      "exit code 1: the disk is full",
      "ended by SIGTERM",
      "exit code 1: the end",
    ]);
    assert.match(results[5] ?? "", /^exit code 12[67]: .*\/no\/such\/program.*No such file/);
  });

  Deno.test(`exec: nothing is read, and the environment is small (${runtime})`, async () => {
    const [environment] = await found(words, [script("cat; env | sort | tr '\\n' ' ' >&2; exit 1")]);
    assert.equal(
      environment,
      `exit code 1: HOME=${Deno.env.get("HOME")} LANG=C.UTF-8 MOLEHILL_CHECK=web MOLEHILL_HOST=test00 ` +
        "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin PWD=/",
    );
  });

  Deno.test(`exec: a program that hangs is ended with all that it has started (${runtime})`, async () => {
    const directory = await Deno.makeTempDir({ prefix: "molehill-test-" });
    const file = `${directory}/pids`;
    const began = performance.now();
    const results = await found(words, [
      script(
        `sleep 600 & echo $! >> ${file}; (sleep 601 & echo $! >> ${file}; wait) & echo waiting >&2; sleep 602`,
      ),
    ], { timeout: 1_500 });
    assert.ok(performance.now() - began < 60_000);
    assert.deepEqual(results, ["waiting"]);
    const pids = (await Deno.readTextFile(file)).trim().split("\n");
    assert.equal(pids.length, 2);
    await waitUntil(async () => (await runningOf(pids)).length === 0, { what: "the sleepers to be ended" });
    await Deno.remove(directory, { recursive: true });
  });

  Deno.test(`exec: what a program has left behind is ended when it has ended (${runtime})`, async () => {
    const directory = await Deno.makeTempDir({ prefix: "molehill-test-" });
    const file = `${directory}/pid`;
    assert.deepEqual(await found(words, [script(`sleep 600 & echo $! > ${file}`)]), [null]);
    const pid = (await Deno.readTextFile(file)).trim();
    await waitUntil(async () => (await runningOf([pid])).length === 0, { what: "the sleeper to be ended" });
    await Deno.remove(directory, { recursive: true });
  });

  Deno.test(`exec: what is in another process group is ended all the same, as below timeout(1) (${runtime})`, async () => {
    const directory = await Deno.makeTempDir({ prefix: "molehill-test-" });
    const sleeper = `sh -c 'echo $$ >> ${directory}/pids; exec sleep 600'`;
    const ready = (count: number) =>
      `until [ "$(cat ${directory}/pids | wc -l)" -ge ${count} ]; do sleep 0.01; done 2>/dev/null`;
    const results = await found(words, [script(`timeout 700 ${sleeper}`)], { timeout: 1_000 });
    assert.deepEqual(results, [""]);
    assert.deepEqual(await found(words, [script(`timeout 700 ${sleeper} & ${ready(2)}`)]), [null]);
    const pids = (await Deno.readTextFile(`${directory}/pids`)).trim().split("\n");
    assert.equal(pids.length, 2);
    await waitUntil(async () => (await runningOf(pids)).length === 0, { what: "the sleepers to be ended" });
    await Deno.remove(directory, { recursive: true });
  });

  Deno.test(`exec: a user runs it with his own groups, and one that does not exist is told (${runtime})`, async () => {
    const as = (user: string): Probe => ({
      kind: "exec",
      command: ["/bin/sh", "-c", "id >&2; exit 1"],
      user,
    });
    const [nobody, missing] = await found(words, [as("nobody"), as("no-such-user")]);
    assert.match(nobody ?? "", /^exit code 1: uid=\d+\(nobody\) gid=\d+\(nogroup\) groups=\d+\(nogroup\)$/);
    assert.equal(missing, 'there is no user "no-such-user" on this host');
  });

  Deno.test(`tcp: a listener is well, nobody is told (${runtime})`, async () => {
    await using listener = await listen(() => {});
    await using mute = await closedPort();
    assert.deepEqual(
      await found(words, [
        { kind: "tcp", address: "127.0.0.1", port: listener.port },
        { kind: "tcp", address: "127.0.0.1", port: mute.port },
      ]),
      [null, `nobody listens on 127.0.0.1 port ${mute.port}`],
    );
  });

  Deno.test(`http: 200 to 399 are well, or what is expected; redirects are not followed (${runtime})`, async () => {
    const asked: string[] = [];
    await using server = await listen((socket) => {
      socket.once("data", (bytes) => {
        const [, status = ""] = /^GET \/(\w+)/.exec(String(bytes)) ?? [];
        asked.push(String(bytes));
        if (status === "bye") return socket.end();
        if (status === "tea") return socket.end("this is no HTTP\n");
        const moved = status === "302" ? `Location: http://127.0.0.1:${server.port}/500\r\n` : "";
        socket.end(`HTTP/1.1 ${status} Whatever\r\n${moved}Content-Length: 0\r\n\r\n`);
      });
    });
    const http = (path: string, expect: number | null = null): Probe => ({
      kind: "http",
      url: `http://127.0.0.1:${server.port}/${path}`,
      expect,
    });
    const paths = ["200", "204", "302", "404", "503", "bye", "tea"];
    assert.deepEqual(
      await found(words, [...paths.map((path) => http(path)), http("404", 404), http("200", 204)]),
      [
        null,
        null,
        null,
        "status 404 (wanted 200 to 399)",
        "status 503 (wanted 200 to 399)",
        "it hung up without an answer",
        "its answer is not HTTP",
        null,
        "status 200 (wanted 204)",
      ],
    );
    assert.equal(asked.length, 9);
    assert.ok(asked.every((text) => text.includes(`\r\nHost: 127.0.0.1:${server.port}\r\n`)));
  });

  Deno.test(`http: interim answers are read past, whatever pieces they come in (${runtime})`, async () => {
    const hints = `HTTP/1.1 103 Early Hints\r\nLink: </${"x".repeat(3_000)}>\r\n\r\n`;
    const answers: Readonly<Record<string, readonly string[]>> = {
      whole: [`HTTP/1.1 100 Continue\r\n\r\n${hints}HTTP/1.1 204 No Content\r\n\r\n`],
      pieces: ["HTTP/1.1 10", "3 Early Hints\r\nA: b\r\n\r", "\nHTTP/1.1 50", "3 Sorry\r\n\r\n"],
      nothing: [hints],
      endless: Array.from({ length: 20 }, () => hints),
    };
    await using server = await listen((socket) => {
      socket.setNoDelay();
      socket.once("data", async (bytes) => {
        const [, name = ""] = /^GET \/(\w+)/.exec(String(bytes)) ?? [];
        for (const piece of answers[name] ?? []) {
          socket.write(piece);
          await sleep(20);
        }
        socket.end();
      });
    });
    const probes = Object.keys(answers).map((name): Probe => ({
      kind: "http",
      url: `http://127.0.0.1:${server.port}/${name}`,
      expect: null,
    }));
    assert.deepEqual(await found(words, probes), [
      null,
      "status 503 (wanted 200 to 399)",
      "it hung up without an answer",
      "its answer is not HTTP",
    ]);
  });

  Deno.test(`http and tcp: who accepts and says nothing is given up (${runtime})`, async () => {
    await using server = await listen(() => {});
    const probe: Probe = { kind: "http", url: `http://127.0.0.1:${server.port}/`, expect: null };
    assert.deepEqual(await found(words, [probe], { timeout: 500 }), [""]);
  });

  Deno.test(`process: by the kernel's name of it or that of its program, and no zombie (${runtime})`, async () => {
    const directory = await Deno.makeTempDir({ prefix: "molehill-test-" });
    const [name, long] = ["mh-web-ui", "mh-a-name-of-more-than-15"];
    const sleeper = await findProgram("sleep", searchPath(undefined)) ?? "sleep";
    for (const each of [name, long]) await Deno.copyFile(sleeper, `${directory}/${each}`);
    const start = (program: string) => new Deno.Command(`${directory}/${program}`, { args: ["600"] }).spawn();
    const children = [start(name), start(long)];
    const of = (...names: string[]) => found(words, names.map((each) => ({ kind: "process", name: each })));
    try {
      assert.deepEqual(await of(name, long, "mh-web", long.slice(0, 15)), [
        null,
        null,
        'no process "mh-web" runs',
        null,
      ]);
    } finally {
      for (const child of children) child.kill("SIGKILL");
      await Promise.all(children.map((child) => child.status));
    }
    assert.deepEqual(await of(name), [`no process "${name}" runs`]);
    await Deno.remove(directory, { recursive: true });
  });

  Deno.test(`file: there, or absent; what cannot be looked at is neither (${runtime})`, async () => {
    const directory = await Deno.makeTempDir({ prefix: "molehill-test-" });
    await Deno.writeTextFile(`${directory}/flag`, "");
    await Deno.symlink(`${directory}/nothing`, `${directory}/dangling`);
    await Deno.symlink(`${directory}/loop`, `${directory}/loop`);
    const file = (name: string, absent: boolean): Probe => ({
      kind: "file",
      path: `${directory}/${name}`,
      absent,
    });
    const probes = ["flag", "none", "dangling", "flag/x", "loop"]
      .flatMap((name) => [file(name, false), file(name, true)]);
    assert.deepEqual(await found(words, probes), [
      null,
      `${directory}/flag is there`,
      `${directory}/none is not there`,
      null,
      `${directory}/dangling is not there`,
      null,
      `${directory}/flag/x is not there`,
      null,
      `cannot look at ${directory}/loop: Too many levels of symbolic links`,
      `cannot look at ${directory}/loop: Too many levels of symbolic links`,
    ]);
    await Deno.remove(directory, { recursive: true });
  });

  Deno.test({
    name:
      `file: a file system that never answers fails the checks that look there, and nothing else (${runtime})`,
    // The file system is one of a process (fuse) that does not answer.
    ignore: !hasFuse,
    fn: async () => {
      const directory = await Deno.makeTempDir({ prefix: "molehill-test-" });
      const said = await mustRun(["unshare", "-m", ...words, HUNG_FILES, directory, setsid], {
        atMostMs: 60_000,
      });
      assert.deepEqual(JSON.parse(said), {
        problems: Array.from(
          { length: 4 },
          (_, at) => `Cannot run check ${at} "${directory}/${at}": its file system does not answer`,
        ),
        failing: [
          ...Array.from({ length: 8 }, (_, at) => `hung ${at}: no answer within 500ms`),
          'process: no process "no-such-process" runs',
        ],
        readsFiles: true,
      });
      await Deno.remove(directory);
    },
  });

  Deno.test(`gateway: a neighbour that has the address answers, by IPv4 and IPv6 (${runtime})`, async () => {
    await using cable = await layCable();
    const gateway = (address: string, on = "eth0"): Probe => ({ kind: "gateway", address, interface: on });
    await mustRun(["ip", "-n", cable.neighbour, "link", "set", "eth0", "up"]);
    const results = await found(words, [
      gateway("192.168.9.50"),
      gateway("fd00:9::50"),
      gateway("192.168.9.77"),
      gateway("192.168.9.50", "eth9"),
    ], { timeout: 3_000, within: inside(cable.host) });
    assert.deepEqual(results, [null, null, "", 'there is no interface "eth9", or it is not Ethernet']);
    await cable.ip("link set eth0 down");
    const [down] = await found(words, [gateway("192.168.9.50")], {
      timeout: 500,
      within: inside(cable.host),
    });
    assert.equal(down, '"eth0" takes no frames: it is down, or its queue is full');
  });
}

/** Those of the processes that have not ended. */
async function runningOf(pids: readonly string[]): Promise<readonly string[]> {
  const states = await Promise.all(pids.map(async (pid) => {
    const stat = await Deno.readTextFile(`/proc/${pid}/stat`).catch(() => "");
    return { pid, isRunning: stat !== "" && !/\) [ZX] /.test(stat) };
  }));
  return states.flatMap(({ pid, isRunning }) => isRunning ? [pid] : []);
}

interface Listening extends AsyncDisposable {
  readonly port: number;
}

async function listen(serve: Parameters<typeof createServer>[1] & object): Promise<Listening> {
  const sockets = new Set<{ destroy(): void }>();
  const server: Server = createServer((socket) => {
    sockets.add(socket);
    socket.on("error", () => {});
    serve(socket);
  });
  await new Promise<void>((ready) => server.listen(0, "127.0.0.1", () => ready()));
  return {
    port: (server.address() as AddressInfo).port,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      await new Promise((closed) => server.close(closed));
    },
  };
}

/** A port that was just given back. */
async function closedPort(): Promise<Listening> {
  const listener = await listen(() => {});
  await listener[Symbol.asyncDispose]();
  return { port: listener.port, async [Symbol.asyncDispose]() {} };
}
