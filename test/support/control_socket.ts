// Asks a daemon for its status as curl would, over its control socket: no program is started, and nothing is made of
// the answer, so that it may be of another version.

import { request } from "node:http";

/** The text of its status; null when no daemon answers in time. */
export function askStatus(socketPath: string): Promise<string | null> {
  return new Promise((resolve) => {
    const asked = request(
      { socketPath, path: "/v1/status", headers: { connection: "close" } },
      (response) => {
        let text = "";
        response.setEncoding("utf8");
        response.on("data", (chunk: string) => void (text += chunk));
        response.on("error", () => resolve(null));
        response.on("end", () => resolve(response.statusCode === 200 ? text : null));
      },
    );
    const limit = setTimeout(() => asked.destroy(), ANSWERS_WITHIN_MS);
    asked.on("error", () => resolve(null));
    asked.on("close", () => {
      clearTimeout(limit);
      resolve(null);
    });
    asked.end();
  });
}

const ANSWERS_WITHIN_MS = 5_000;
