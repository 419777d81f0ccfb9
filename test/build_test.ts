// The built executable itself: what it is made of, and that nothing in the directory it is started in can change
// what it does. It is there because `deno task test` builds first.

import { deepEqual, equal, match, ok } from "node:assert/strict";
import { fileURLToPath } from "node:url";
import declared from "../deno.json" with { type: "json" };
import { denoOnBun } from "../scripts/deno_on_bun/deno_on_bun.ts";
import { runtimes } from "./support/runtimes.ts";

const root = fileURLToPath(new URL("..", import.meta.url));
const molehill = `${root}dist/molehill`;

async function outcome(program: string, options: Deno.CommandOptions) {
  const { code, stdout, stderr } = await new Deno.Command(program, options).output();
  return { code, stdout: new TextDecoder().decode(stdout), stderr: new TextDecoder().decode(stderr) };
}

Deno.test("the executable and the sources tell the version that deno.json declares", async () => {
  const expected = { code: 0, stdout: `molehill ${declared.version}\n`, stderr: "" };
  deepEqual(await outcome(molehill, { args: ["version"] }), expected);
  deepEqual(
    await outcome(Deno.execPath(), { args: ["run", "-A", "main.ts", "version"], cwd: root }),
    expected,
  );
});

Deno.test("the executable's exit code is the command's", async () => {
  equal((await outcome(molehill, { args: ["no-such-command"] })).code, 64);
});

Deno.test("the executable ignores what lies in the directory it is started in", async () => {
  const directory = await Deno.makeTempDir({ prefix: "molehill-build-" });
  try {
    await Deno.writeTextFile(
      `${directory}/preload.ts`,
      `require("node:fs").writeFileSync("ran", process.env.SEEN ?? "");`,
    );
    await Deno.writeTextFile(`${directory}/bunfig.toml`, `preload = ["./preload.ts"]\n`);
    await Deno.writeTextFile(`${directory}/.env`, "SEEN=seen\nMOLEHILL_TRAP=1\n");
    const ran = () => Deno.readTextFile(`${directory}/ran`).catch(() => "did not run");

    const result = await outcome(molehill, { args: ["version"], cwd: directory });
    deepEqual([result.code, result.stderr, await ran()], [0, "", "did not run"]);

    // The same trap catches Bun itself: it is a trap.
    await Deno.writeTextFile(`${directory}/empty.ts`, "");
    await outcome(runtimes.bun[0] ?? "", { args: ["run", "empty.ts"], cwd: directory });
    equal(await ran(), "seen");
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
});

Deno.test("a second build of the same sources does nothing", async () => {
  const build = () => outcome(Deno.execPath(), { args: ["run", "-A", "scripts/build.ts"], cwd: root });
  equal((await build()).code, 0);
  const before = await Deno.stat(molehill);
  const { code, stdout } = await build();
  deepEqual([code, stdout], [0, "dist/molehill is up to date\n"]);
  deepEqual((await Deno.stat(molehill)).mtime, before.mtime);
});

Deno.test("a machine that is not known cannot be built for", async () => {
  const args = ["run", "-A", "scripts/build.ts", "linux-x64", "amiga"];
  const { code, stderr } = await outcome(Deno.execPath(), { args, cwd: root });
  equal(code, 64);
  match(stderr, /^Cannot build for "amiga": can build for linux-x64, linux-x64-musl, linux-arm64/);
});

Deno.test("what the sources use of Deno is mapped onto Bun, and nothing else is", async () => {
  const used = [...new Set((await namesUsed()).filter((name) => !isType(name)))].sort();
  ok(used.includes("Deno.Command"));
  deepEqual(used, namesMapped().sort());
});

/** Every `Deno.name` and `Deno.name.name` in the sources. */
async function namesUsed(): Promise<string[]> {
  const files = ["main.ts", ...await filesUnder("src")];
  const texts = await Promise.all(files.map((file) => Deno.readTextFile(root + file)));
  return texts.flatMap((text) => {
    const code = text.replace(/\/\/.*|\/\*[^]*?\*\//g, "");
    return [...code.matchAll(/\bDeno\.(\w+)(?:\.(\w+))?/g)].map(([found, first = "", second]) => {
      if (!isNamespace(first)) return `Deno.${first}`;
      // Who hands the whole stream on wants it written to.
      return second === undefined ? `${found}.writeSync` : found;
    });
  });
}

const isNamespace = (name: string): boolean => ["env", "errors", "stdout", "stderr"].includes(name);

/** Types are gone at run time. */
const isType = (name: string): boolean =>
  /^Deno\.[A-Z]/.test(name) && !["Deno.Command", "Deno.UnsafePointer"].includes(name);

function namesMapped(): string[] {
  return Object.entries(denoOnBun).flatMap(([name, mapped]) =>
    isNamespace(name) ? Object.keys(mapped).map((part) => `Deno.${name}.${part}`) : [`Deno.${name}`]
  );
}

async function filesUnder(folder: string): Promise<string[]> {
  const found: string[] = [];
  for await (const entry of Deno.readDir(root + folder)) {
    if (entry.isDirectory) found.push(...await filesUnder(`${folder}/${entry.name}`));
    else if (entry.name.endsWith(".ts")) found.push(`${folder}/${entry.name}`);
  }
  return found;
}
