// Looks what is answered to a GET. Only the status counts: nothing more than its line is read, no redirect is followed,
// and no proxy is asked, whatever the environment says. One line of HTTP/1.1 (RFC 9112) needs no library.

import { connect } from "node:net";
import { type Looker, onGiveUp, type Probe } from "./check.ts";
import { connectionProblem } from "./check_tcp.ts";

/** A status line is not longer. */
const LINE_BYTES_MAX = 1_024;

export function createHttpLooker({ url: text, expect }: Probe & { readonly kind: "http" }): Looker {
  const url = new URL(text);
  const port = url.port === "" ? 80 : Number(url.port);
  const host = url.hostname.replace(/^\[|\]$/g, "");
  const request = [
    `GET ${url.pathname}${url.search} HTTP/1.1`,
    `Host: ${url.host}`,
    "User-Agent: molehill",
    "Accept: */*",
    "Connection: close",
    "",
    "",
  ].join("\r\n");

  return {
    look: ({ giveUp }) =>
      new Promise((done) => {
        let heard = "";
        const socket = connect({ host, port });
        const forget = onGiveUp(giveUp, () => over(""));
        const over = (problem: string | null) => {
          forget();
          socket.destroy();
          done(problem);
        };
        socket.on("connect", () => socket.write(request));
        socket.on("data", (bytes: Uint8Array) => {
          heard += new TextDecoder("latin1").decode(bytes.subarray(0, LINE_BYTES_MAX));
          if (heard.includes("\n") || heard.length >= LINE_BYTES_MAX) over(judge(heard));
        });
        socket.on("end", () => over(judge(heard)));
        socket.on("close", () => over(judge(heard)));
        socket.on("error", (error) => over(connectionProblem(error, `${host} port ${port}`)));
      }),
    close() {},
  };

  function judge(answer: string): string | null {
    const [, digits] = /^HTTP\/1\.[01] (\d{3})(?:[ \r\n]|$)/.exec(answer) ?? [];
    if (digits === undefined) {
      return answer === "" ? "it hung up without an answer" : "its answer is not HTTP";
    }
    const status = Number(digits);
    if (expect !== null) return status === expect ? null : `status ${status} (wanted ${expect})`;
    return status >= 200 && status < 400 ? null : `status ${status} (wanted 200 to 399)`;
  }
}
