// Asks the daemon of this host, over its control socket.

import { Buffer } from "node:buffer";
import { request as httpRequest } from "node:http";
import type { IncomingMessage } from "node:http";
import {
  controlRequestToHttp,
  parseControlResponse,
  parseEvents,
  parsePlan,
  parseStatus,
} from "../codec/control.ts";
import type { ControlRequest, Events, HttpResponse, Plan, Status } from "../codec/control.ts";
import { type Explanation, parseExplanation } from "../codec/explanation.ts";
import { type Monitor, parseMonitor } from "../codec/monitor.ts";
import type { Parsed } from "../codec/parsed.ts";
import { codeOf, messageOf } from "./command.ts";

export type DaemonAnswer = { readonly kind: "ok"; readonly status: Status } | NoAnswer;
export type EventsAnswer = { readonly kind: "ok"; readonly events: Events } | NoAnswer;
export type PlanAnswer = { readonly kind: "ok"; readonly plan: Plan } | NoAnswer;

export type MonitorAnswer = { readonly kind: "ok"; readonly monitor: Monitor } | NoAnswer;
export type ExplanationAnswer = { readonly kind: "ok"; readonly explanation: Explanation } | NoAnswer;

/** Not what was asked for. */
export type NoAnswer =
  /** The daemon understood, and will or can not. `http` is the HTTP status code. */
  | { readonly kind: "refused"; readonly error: string; readonly http: number }
  /** No answer that can be used. `message` is for people and says what to do. */
  | { readonly kind: "unreachable"; readonly message: string };

/** Why there is no answer, for people. */
export const noAnswerText = (answer: NoAnswer): string =>
  answer.kind === "refused" ? answer.error : answer.message;

/** What is answered with a status. */
export type StatusRequest = Exclude<
  ControlRequest,
  { readonly kind: "plan" | "events" | "monitor" | "explain" }
>;

interface Patience {
  readonly timeoutMs: number;
}

/** Never rejects. */
export async function askDaemon(
  socketPath: string,
  request: StatusRequest,
  { timeoutMs }: Patience,
): Promise<DaemonAnswer> {
  const answer = await ask(socketPath, { request, timeoutMs, parse: parseStatus });
  return answer.kind === "found" ? { kind: "ok", status: answer.found } : answer;
}

/** What would be without these hosts. Never rejects. */
export async function askPlan(
  socketPath: string,
  without: readonly string[],
  { timeoutMs }: Patience,
): Promise<PlanAnswer> {
  const answer = await ask(socketPath, { request: { kind: "plan", without }, timeoutMs, parse: parsePlan });
  return answer.kind === "found" ? { kind: "ok", plan: answer.found } : answer;
}

/** What the record has after an entry. Never rejects. */
export async function askEvents(
  socketPath: string,
  from: { readonly after: number; readonly wait: number },
  { timeoutMs }: Patience,
): Promise<EventsAnswer> {
  const answer = await ask(socketPath, {
    request: { kind: "events", ...from },
    timeoutMs,
    parse: parseEvents,
  });
  return answer.kind === "found" ? { kind: "ok", events: answer.found } : answer;
}

/** How the host sees every other. Never rejects. */
export async function askMonitor(socketPath: string, { timeoutMs }: Patience): Promise<MonitorAnswer> {
  const answer = await ask(socketPath, { request: { kind: "monitor" }, timeoutMs, parse: parseMonitor });
  return answer.kind === "found" ? { kind: "ok", monitor: answer.found } : answer;
}

/** Why the VIP, by its name or an address, is where it is. Never rejects. */
export async function askExplanation(
  socketPath: string,
  vip: string,
  { timeoutMs }: Patience,
): Promise<ExplanationAnswer> {
  const request = { kind: "explain", vip } as const;
  const answer = await ask(socketPath, { request, timeoutMs, parse: parseExplanation });
  return answer.kind === "found" ? { kind: "ok", explanation: answer.found } : answer;
}

async function ask<Found>(
  socketPath: string,
  { request, timeoutMs, parse }: Patience & {
    readonly request: ControlRequest;
    readonly parse: (text: string) => Parsed<Found>;
  },
): Promise<{ readonly kind: "found"; readonly found: Found } | NoAnswer> {
  const unreachable = (why: string): NoAnswer => ({
    kind: "unreachable",
    message: `Cannot reach the daemon on "${socketPath}": ${why}`,
  });
  let response: HttpResponse;
  try {
    response = await exchange(socketPath, request, timeoutMs);
  } catch (error) {
    return unreachable(whyNot(error, timeoutMs));
  }
  const answer = parseControlResponse(response, parse);
  if (answer.ok) return answer.value;
  return unreachable(`${answer.problem}; is the daemon of the same version as this program?`);
}

class TooLate extends Error {}

function exchange(socketPath: string, asked: ControlRequest, timeoutMs: number): Promise<HttpResponse> {
  const { method, path, body } = controlRequestToHttp(asked);
  return new Promise((resolve, reject) => {
    const headers = { host: "molehill", "content-length": Buffer.byteLength(body), connection: "close" };
    const request = httpRequest({ socketPath, method, path, headers }, (response) => {
      bodyOf(response).then((text) => resolve({ http: response.statusCode ?? 0, body: text }), reject);
    });
    const limit = setTimeout(() => {
      reject(new TooLate());
      request.destroy();
    }, timeoutMs);
    request.on("error", reject);
    request.on("close", () => clearTimeout(limit));
    request.end(body);
  });
}

function bodyOf(response: IncomingMessage): Promise<string> {
  return new Promise((resolve, reject) => {
    const chunks: Uint8Array[] = [];
    response.on("data", (chunk: Uint8Array) => chunks.push(chunk));
    response.on("end", () => resolve(new TextDecoder().decode(Buffer.concat(chunks))));
    response.on("error", reject);
    response.on("close", () => reject(new Error("it hung up in the middle of its answer")));
  });
}

function whyNot(error: unknown, timeoutMs: number): string {
  if (error instanceof TooLate) return `no answer within ${timeoutMs} ms; its log tells what it does`;
  switch (codeOf(error)) {
    case "ENOENT":
      return `no such socket; is the daemon running ("molehill run"), and with this --runtime-dir?`;
    case "ECONNREFUSED":
      return `nobody answers there; the daemon has died, start it again`;
    case "EACCES":
    case "EPERM":
      return `permission denied; only the user that runs the daemon may ask it (try as root)`;
    default:
      return messageOf(error);
  }
}
