// A live screen in which something goes wrong; run by live_screen_test.ts.

import { runLive } from "../../src/cli/live_screen.ts";

const way = Deno.args[0] ?? "";
const failure = () => new Error(way);

if (way === "thrown") {
  setTimeout(() => {
    throw failure();
  }, 200);
}
if (way === "rejected") setTimeout(() => void Promise.reject(failure()), 200);

try {
  await runLive({
    ask: () => Promise.resolve({ kind: "ok" }),
    render: () => {
      if (way === "render") throw failure();
      return "a text";
    },
    codeOf: () => 0,
    colours: false,
  });
} catch (error) {
  console.error(`it failed: ${error instanceof Error ? error.message : error}`);
  Deno.exit(70);
}
