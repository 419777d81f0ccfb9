// The control interface: HTTP and JSON on a Unix socket that only its owner may open.
//
// The socket is also what keeps a second daemon from the same runtime directory. Its file outlives a daemon that
// was killed, so a file that is there is called: if somebody answers the call, another daemon runs; if not, it is a
// leftover. Two daemons that start at one moment may both find the leftover; so it is taken aside under a name of
// one's own, which only one can do, and called once more before it is thrown away.

import { Buffer } from "node:buffer";
import { chmodSync, linkSync, renameSync, rmSync, unlinkSync } from "node:fs";
import { createServer } from "node:http";
import type { IncomingMessage, Server, ServerResponse } from "node:http";
import { connect } from "node:net";
import type { Socket } from "node:net";
import process from "node:process";
import { CONTROL_BODY_BYTES_MAX, controlResponseToHttp, parseControlRequest } from "../codec/control.ts";
import type { ControlRequest, ControlResponse } from "../codec/control.ts";
import type { ControlServer } from "../daemon/ports.ts";
import { codeOf, messageOf } from "./command.ts";

export type OpenedControlServer =
  | { readonly kind: "open"; readonly server: ControlServer }
  /** For people: why the daemon cannot start here. */
  | { readonly kind: "problem"; readonly problem: string };

/** Where the daemon of a runtime directory is asked. */
export const controlSocketPath = (runtimeDirectory: string): string =>
  `${runtimeDirectory.replace(/(?<=.)\/+$/, "")}/control.sock`;

/** sun_path of unix(7), less the zero byte at its end. */
const SOCKET_PATH_BYTES_MAX = 107;
/** A request must be there whole after this long. */
const REQUEST_MS_MAX = 5_000;
/** How long answers that are under way are waited for at the end. */
const CLOSE_MS_MAX = 200;

/** Makes the runtime directory where it is missing, and listens in it. */
export async function openControlServer(runtimeDirectory: string): Promise<OpenedControlServer> {
  const path = controlSocketPath(runtimeDirectory);
  const cannot = (why: string): OpenedControlServer => ({
    kind: "problem",
    problem: `Cannot use "${runtimeDirectory}" as runtime directory: ${why}`,
  });
  const pathBytes = new TextEncoder().encode(path).length;
  if (pathBytes > SOCKET_PATH_BYTES_MAX) {
    return cannot(
      `its control socket's path has ${pathBytes} bytes, at most ${SOCKET_PATH_BYTES_MAX} are possible`,
    );
  }
  try {
    await Deno.mkdir(runtimeDirectory, { recursive: true, mode: 0o755 });
    if (await isAnswered(path) || await takeLeftoverAway(path) === "inUse") {
      return cannot(
        "another molehill runs on it; stop that one, or name another directory with --runtime-dir",
      );
    }
    const http = new ControlHttp(path);
    await http.listen();
    return { kind: "open", server: http };
  } catch (error) {
    return cannot(whyNot(error));
  }
}

function whyNot(error: unknown): string {
  switch (codeOf(error)) {
    case "EEXIST":
    case "ENOTDIR":
      return "there is a file where a directory is wanted";
    case "EACCES":
      return "permission denied (try as root)";
    default:
      return messageOf(error);
  }
}

/** Whether somebody listens on the socket; false also when there is no such file, or it is no socket. */
function isAnswered(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const call = connect(path);
    call.once("connect", () => {
      call.destroy();
      resolve(true);
    });
    call.once("error", () => resolve(false));
  });
}

async function takeLeftoverAway(path: string): Promise<"free" | "inUse"> {
  const aside = `${path}.${process.pid}`;
  try {
    renameSync(path, aside);
  } catch (error) {
    if (codeOf(error) === "ENOENT") return "free";
    throw error;
  }
  const live = await isAnswered(aside);
  if (live) linkSync(aside, path);
  unlinkSync(aside);
  return live ? "inUse" : "free";
}

class ControlHttp implements ControlServer {
  readonly #path: string;
  readonly #server: Server;
  readonly #connections = new Set<Socket>();
  readonly #underWay = new Set<Promise<void>>();
  #answer: ((request: ControlRequest) => Promise<ControlResponse>) | null = null;

  constructor(path: string) {
    this.#path = path;
    this.#server = createServer((request, response) => this.#serve(request, response));
    this.#server.on("connection", (connection: Socket) => {
      this.#connections.add(connection);
      connection.on("close", () => this.#connections.delete(connection));
      // A client that goes away in the middle is its own business.
      connection.on("error", () => connection.destroy());
    });
    this.#server.on("clientError", (_error: Error, connection: Socket) => connection.destroy());
  }

  listen(): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#server.once("error", reject);
      // Nobody may open it in the moment before the mode is set.
      const umask = process.umask(0o177);
      try {
        this.#server.listen(this.#path, () => {
          this.#server.off("error", reject);
          resolve(chmodSync(this.#path, 0o600));
        });
      } finally {
        process.umask(umask);
      }
    });
  }

  onRequest(answer: (request: ControlRequest) => Promise<ControlResponse>): void {
    this.#answer = answer;
  }

  async close(): Promise<void> {
    rmSync(this.#path, { force: true });
    this.#server.close();
    await Promise.race([Promise.all(this.#underWay), passed(CLOSE_MS_MAX)]);
    for (const connection of this.#connections) connection.destroy();
  }

  #serve(request: IncomingMessage, response: ServerResponse): void {
    const served = this.#respond(request, response).catch(() => void request.destroy());
    this.#underWay.add(served);
    served.finally(() => this.#underWay.delete(served));
  }

  async #respond(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { http, body } = controlResponseToHttp(await this.#answerTo(request));
    response.writeHead(http, { "content-type": "application/json", "connection": "close" });
    await new Promise<void>((resolve) => {
      response.on("close", resolve);
      response.end(body, () => resolve());
    });
  }

  async #answerTo(request: IncomingMessage): Promise<ControlResponse> {
    const read = parseControlRequest({
      method: request.method ?? "",
      path: request.url ?? "",
      body: await bodyOf(request),
    });
    if (read.kind === "refused") return read;
    if (this.#answer === null) {
      return { kind: "refused", http: 503, error: "The daemon is starting: ask again" };
    }
    return await this.#answer(read);
  }
}

/** One byte more than is allowed is enough to see that it is too large. Rejects when it does not come in time. */
function bodyOf(request: IncomingMessage): Promise<string> {
  return new Promise((resolve, reject) => {
    const chunks: Uint8Array[] = [];
    let size = 0;
    const tooLate = setTimeout(() => reject(new Error("the request did not come in time")), REQUEST_MS_MAX);
    const done = () => {
      clearTimeout(tooLate);
      resolve(textOf(chunks));
    };
    request.on("data", (chunk: Uint8Array) => {
      if (size <= CONTROL_BODY_BYTES_MAX) chunks.push(chunk);
      size += chunk.length;
      if (size > CONTROL_BODY_BYTES_MAX) done();
    });
    request.on("end", done);
    request.on("close", () => {
      clearTimeout(tooLate);
      reject(new Error("the client went away"));
    });
  });
}

const textOf = (chunks: readonly Uint8Array[]): string => new TextDecoder().decode(Buffer.concat(chunks));

const passed = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
