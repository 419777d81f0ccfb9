import { deepEqual } from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { mustRun } from "../support/command.ts";
import { runtimes } from "../support/runtimes.ts";

const module = new URL("../../src/cli/configuration_file.ts", import.meta.url).href;

for (const [name, words] of Object.entries(runtimes)) {
  Deno.test(`readConfiguration() says that a directory is one (${name})`, async () => {
    const directory = await Deno.makeTempDir({ prefix: "molehill-test-" });
    try {
      const script = `${directory}/script.ts`;
      await Deno.writeTextFile(
        script,
        `import { readConfiguration } from ${JSON.stringify(module)};
        console.log(JSON.stringify(await readConfiguration(${JSON.stringify(directory)})));`,
      );
      const config = fileURLToPath(new URL("../../deno.json", import.meta.url));
      const more = name === "deno" ? ["--config", config] : [];
      deepEqual(JSON.parse(await mustRun([...words, ...more, script])), {
        kind: "problem",
        problems: [`Cannot read the configuration "${directory}": it is a directory`],
        summary: null,
      });
    } finally {
      await Deno.remove(directory, { recursive: true });
    }
  });
}
