// Looks whether somebody accepts a connection, which is then closed.

import { connect } from "node:net";
import { type Looker, onGiveUp, type Probe } from "./check.ts";
import { codeOf } from "./command.ts";

export const createTcpLooker = ({ address, port }: Probe & { readonly kind: "tcp" }): Looker => ({
  look: ({ giveUp }) =>
    new Promise((done) => {
      const socket = connect({ host: address, port });
      const forget = onGiveUp(giveUp, () => over(""));
      const over = (problem: string | null) => {
        forget();
        socket.destroy();
        done(problem);
      };
      socket.on("connect", () => over(null));
      socket.on("error", (error) => over(connectionProblem(error, `${address} port ${port}`)));
    }),
  close() {},
});

/** Why there is no connection, in words. */
export function connectionProblem(error: unknown, where: string): string {
  const code = codeOf(error);
  return code === "ECONNREFUSED" ? `nobody listens on ${where}` : `no connection to ${where}: ${code}`;
}
