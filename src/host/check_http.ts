// Looks what is answered to a GET. Only the status counts: nothing more than its line is read, behind interim answers if
// there are any, no redirect is followed, and no proxy is asked, whatever the environment says. One line of HTTP/1.1
// (RFC 9112) needs no library.

import { connect } from "node:net";
import { type Looker, onGiveUp, type Probe } from "./check.ts";
import { connectionProblem } from "./check_tcp.ts";

/** A status line is not longer. */
const LINE_BYTES_MAX = 1_024;
/** Nor are interim answers. */
const INTERIM_BYTES_MAX = 32_768;

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
          heard += new TextDecoder("latin1").decode(bytes);
          const answer = finalAnswer(heard);
          if (answer.includes("\n") || answer.length >= LINE_BYTES_MAX) return over(judge(answer));
          if (heard.length >= INTERIM_BYTES_MAX) over(noHttp);
        });
        socket.on("end", () => over(judge(finalAnswer(heard))));
        socket.on("close", () => over(judge(finalAnswer(heard))));
        socket.on("error", (error) => over(connectionProblem(error, `${host} port ${port}`)));
      }),
    close() {},
  };

  function judge(answer: string): string | null {
    const [, digits] = /^HTTP\/1\.[01] (\d{3})(?:[ \r\n]|$)/.exec(answer) ?? [];
    if (digits === undefined) {
      return answer === "" ? "it hung up without an answer" : noHttp;
    }
    const status = Number(digits);
    if (expect !== null) return status === expect ? null : `status ${status} (wanted ${expect})`;
    return status >= 200 && status < 400 ? null : `status ${status} (wanted 200 to 399)`;
  }
}

const noHttp = "its answer is not HTTP";

/** What comes behind interim answers (RFC 9110, 15.2), as far as it has come. One that switches protocols ends them. */
function finalAnswer(heard: string): string {
  let rest = heard;
  while (/^HTTP\/1\.[01] 1(?!01)\d\d[ \r\n]/.test(rest)) {
    const end = /\r?\n\r?\n/.exec(rest);
    if (end === null) return "";
    rest = rest.slice(end.index + end[0].length);
  }
  return rest;
}
