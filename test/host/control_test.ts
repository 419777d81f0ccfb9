import { deepEqual, equal, match, ok } from "node:assert/strict";
import { Buffer } from "node:buffer";
import { createServer } from "node:http";
import { connect, createServer as createRawServer } from "node:net";
import type { ControlRequest, ControlResponse, Plan, Status } from "../../src/codec/control.ts";
import { askDaemon, askPlan, type StatusRequest } from "../../src/host/control_client.ts";
import { controlSocketPath, openControlServer } from "../../src/host/control_server.ts";

const status: Status = {
  version: "0.1.0",
  group: "tudou",
  host: "test00",
  phase: "running",
  mature: true,
  draining: null,
  drain: null,
  view: { number: 3, coordinator: "test00", members: ["test00", "test01"] },
  hosts: [],
  vips: [],
  moves: [],
  neighbours: null,
  dropped: {},
  warnings: ["größer"],
};

const soon = { timeoutMs: 5_000 };

async function inDirectory(test: (directory: string) => Promise<void>): Promise<void> {
  const directory = await Deno.makeTempDir({ prefix: "molehill-control-" });
  try {
    await test(directory);
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}

/** An open server that answers as told, its socket's path, and what it was asked. */
async function withServer(
  answer: (request: ControlRequest) => Promise<ControlResponse>,
  test: (socketPath: string, asked: readonly ControlRequest[]) => Promise<void>,
): Promise<void> {
  await inDirectory(async (directory) => {
    const server = await opened(directory);
    const asked: ControlRequest[] = [];
    server.onRequest((request) => {
      asked.push(request);
      return answer(request);
    });
    try {
      await test(controlSocketPath(directory), asked);
    } finally {
      await server.close();
    }
  });
}

async function opened(directory: string) {
  const result = await openControlServer(directory);
  if (result.kind === "problem") throw new Error(result.problem);
  return result.server;
}

/** Sends bytes as they are and gives back all that comes until the other side hangs up. */
function sendRaw(path: string, bytes: string | Uint8Array): Promise<string> {
  return new Promise((resolve) => {
    const chunks: Uint8Array[] = [];
    const connection = connect(path, () => connection.write(bytes));
    connection.on("data", (chunk: Uint8Array) => chunks.push(chunk));
    connection.on("error", () => {});
    connection.on("close", () => resolve(Buffer.concat(chunks).toString()));
  });
}

const answered = () => Promise.resolve<ControlResponse>({ kind: "status", status });

Deno.test("every request reaches the daemon as it was asked, and its answer comes back", async () => {
  const requests: readonly StatusRequest[] = [
    { kind: "status" },
    { kind: "drain", reason: 'größer, "better"' },
    { kind: "resume", reason: "" },
    { kind: "move", vip: "web-a", to: "test01" },
    { kind: "balance" },
  ];
  await withServer(answered, async (socketPath, asked) => {
    for (const request of requests) {
      deepEqual(await askDaemon(socketPath, request, soon), { kind: "ok", status });
    }
    deepEqual(asked, requests);
  });
});

Deno.test("a plan is asked for with its hosts, and comes back as a plan", async () => {
  const plan: Plan = {
    version: "0.1.0",
    group: "tudou",
    host: "test00",
    view: { number: 3, coordinator: "test00", members: ["test00", "test01"] },
    without: ["test01"],
    not_members: [],
    remaining: ["test00"],
    needed: 1,
    serves: true,
    covered: true,
    hosts: [],
    vips: [],
    balance_moves: 0,
    notes: [],
  };
  await withServer(() => Promise.resolve({ kind: "plan", plan }), async (socketPath, asked) => {
    deepEqual(await askPlan(socketPath, ["test01"], soon), { kind: "ok", plan });
    deepEqual(asked, [{ kind: "plan", without: ["test01"] }]);
  });
});

Deno.test("requests at the same time are all answered", async () => {
  await withServer(answered, async (socketPath) => {
    const answers = await Promise.all(
      Array.from({ length: 50 }, () => askDaemon(socketPath, { kind: "status" }, soon)),
    );
    ok(answers.every((answer) => answer.kind === "ok"));
  });
});

Deno.test("a refusal comes back with its code", async () => {
  const refuse = () => Promise.resolve<ControlResponse>({ kind: "refused", http: 409, error: "Cannot move" });
  await withServer(refuse, async (socketPath) => {
    deepEqual(await askDaemon(socketPath, { kind: "balance" }, soon), {
      kind: "refused",
      http: 409,
      error: "Cannot move",
    });
  });
});

Deno.test("only the owner may open the socket", async () => {
  await withServer(answered, async (socketPath) => {
    equal(((await Deno.stat(socketPath)).mode ?? 0) & 0o777, 0o600);
  });
});

Deno.test("the runtime directory is made where it is missing", async () => {
  await inDirectory(async (directory) => {
    const server = await opened(`${directory}/run/molehill/`);
    ok((await Deno.stat(`${directory}/run/molehill/control.sock`)).isSocket);
    await server.close();
  });
});

Deno.test("a closed server leaves no socket behind, and the client says that nobody runs", async () => {
  await inDirectory(async (directory) => {
    await (await opened(directory)).close();
    const socketPath = controlSocketPath(directory);
    deepEqual(await Array.fromAsync(Deno.readDir(directory)), []);
    deepEqual(await askDaemon(socketPath, { kind: "status" }, soon), {
      kind: "unreachable",
      message: `Cannot reach the daemon on "${socketPath}": no such socket; is the daemon running ` +
        `("molehill run"), and with this --runtime-dir?`,
    });
  });
});

Deno.test("a second daemon on the same runtime directory is refused, and the first one goes on", async () => {
  await inDirectory(async (directory) => {
    const server = await opened(directory);
    server.onRequest(answered);
    const second = await openControlServer(directory);
    deepEqual(second, {
      kind: "problem",
      problem: `Cannot use "${directory}" as runtime directory: another molehill runs on it; ` +
        `stop that one, or name another directory with --runtime-dir`,
    });
    equal((await askDaemon(controlSocketPath(directory), { kind: "status" }, soon)).kind, "ok");
    await server.close();
  });
});

Deno.test("the socket of a daemon that was killed is a leftover", async () => {
  await inDirectory(async (directory) => {
    const socketPath = controlSocketPath(directory);
    await leaveSocketBehind(socketPath);
    match(
      JSON.stringify(await askDaemon(socketPath, { kind: "status" }, soon)),
      /nobody answers there; the daemon has died/,
    );
    const server = await opened(directory);
    server.onRequest(answered);
    equal((await askDaemon(socketPath, { kind: "status" }, soon)).kind, "ok");
    equal((await Array.fromAsync(Deno.readDir(directory))).length, 1);
    await server.close();
  });
});

/** As SIGKILL does: the file stays, and nobody listens. */
async function leaveSocketBehind(path: string): Promise<void> {
  const server = createRawServer();
  await new Promise<void>((resolve) => server.listen(`${path}.live`, resolve));
  await Deno.link(`${path}.live`, path);
  await new Promise((resolve) => server.close(resolve));
}

Deno.test("a runtime directory that cannot be used is a problem for people", async () => {
  await inDirectory(async (directory) => {
    await Deno.writeTextFile(`${directory}/file`, "");
    const inFile = await openControlServer(`${directory}/file/run`);
    match(
      JSON.stringify(inFile),
      /^{"kind":"problem","problem":"Cannot use \\".*\/file\/run\\" as runtime directory: /,
    );
    const file = await openControlServer(`${directory}/file`);
    for (const each of [inFile, file]) {
      match(JSON.stringify(each), /runtime directory: there is a file where a directory is wanted"}$/);
    }
    const tooLong = await openControlServer(`${directory}/${"x".repeat(100)}`);
    match(JSON.stringify(tooLong), /its control socket's path has \d+ bytes, at most 107 are possible/);
  });
});

Deno.test("what is no request is refused, and the server goes on", async () => {
  await withServer(answered, async (socketPath, asked) => {
    const http = (text: string) => sendRaw(socketPath, text.replaceAll("\n", "\r\n"));
    match(
      await http("GET /v2/status HTTP/1.1\nhost: a\nconnection: close\n\n"),
      /^HTTP\/1.1 404 .*{"error":/s,
    );
    match(await http("POST /v1/status HTTP/1.1\nhost: a\nconnection: close\n\n"), /^HTTP\/1.1 405 /);
    match(
      await http('POST /v1/move HTTP/1.1\nhost: a\ncontent-length: 5\nconnection: close\n\n{"vip'),
      /^HTTP\/1.1 400 /,
    );
    await sendRaw(socketPath, "\x00\x01garbage\r\n\r\n");
    await sendRaw(socketPath, crypto.getRandomValues(new Uint8Array(5_000)));
    deepEqual(asked, []);
    equal((await askDaemon(socketPath, { kind: "status" }, soon)).kind, "ok");
  });
});

Deno.test("a body without end is not read to its end", async () => {
  await withServer(answered, async (socketPath, asked) => {
    const head = "POST /v1/drain HTTP/1.1\r\nhost: a\r\ncontent-length: 1000000000\r\n\r\n";
    match(await sendRaw(socketPath, head + "x".repeat(100_000)), /^HTTP\/1.1 400 /);
    deepEqual(asked, []);
  });
});

Deno.test("a client that hangs up in the middle does no harm", async () => {
  await withServer(answered, async (socketPath, asked) => {
    await new Promise<void>((resolve) => {
      const connection = connect(socketPath, () => {
        connection.write(
          "POST /v1/drain HTTP/1.1\r\nhost: a\r\ncontent-length: 100\r\n\r\n{",
          () => connection.destroy(),
        );
      });
      connection.on("close", () => resolve());
    });
    equal((await askDaemon(socketPath, { kind: "status" }, soon)).kind, "ok");
    deepEqual(asked, [{ kind: "status" }]);
  });
});

Deno.test("closing does not wait for a request that is never answered", async () => {
  await inDirectory(async (directory) => {
    const server = await opened(directory);
    const reached = Promise.withResolvers<void>();
    server.onRequest(() => {
      reached.resolve();
      return new Promise(() => {});
    });
    const answer = askDaemon(controlSocketPath(directory), { kind: "balance" }, soon);
    await reached.promise;
    await server.close();
    equal((await answer).kind, "unreachable");
  });
});

Deno.test("an answer that is under way while the server closes still comes", async () => {
  await inDirectory(async (directory) => {
    const server = await opened(directory);
    const reached = Promise.withResolvers<void>();
    const answer = Promise.withResolvers<ControlResponse>();
    server.onRequest(() => {
      reached.resolve();
      return answer.promise;
    });
    const received = askDaemon(controlSocketPath(directory), { kind: "drain", reason: "" }, soon);
    await reached.promise;
    const closed = server.close();
    answer.resolve({ kind: "status", status });
    equal((await received).kind, "ok");
    await closed;
  });
});

Deno.test("a daemon that does not answer in time is unreachable", async () => {
  await withServer(() => new Promise(() => {}), async (socketPath) => {
    deepEqual(await askDaemon(socketPath, { kind: "status" }, { timeoutMs: 20 }), {
      kind: "unreachable",
      message:
        `Cannot reach the daemon on "${socketPath}": no answer within 20 ms; its log tells what it does`,
    });
  });
});

Deno.test("somebody else's answer is no status", async () => {
  await inDirectory(async (directory) => {
    const path = `${directory}/other.sock`;
    const other = createServer((_request, response) => response.end("<html>"));
    await new Promise<void>((resolve) => other.listen(path, resolve));
    const answer = await askDaemon(path, { kind: "status" }, soon);
    match(JSON.stringify(answer), /"unreachable".*is the daemon of the same version as this program\?/);
    await new Promise((resolve) => other.close(resolve));
  });
});
