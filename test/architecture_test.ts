// The rings of src/README.md, kept: who may import whom, and that core and codec know no clock, no chance and no
// runtime. The rules are tried on bad sources first, so that a rule that sees nothing is seen.

import { deepEqual, ok } from "node:assert/strict";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));

type Ring = "core" | "codec" | "config" | "daemon" | "simulator" | "host" | "cli";

/** What each ring may import besides itself. Paths from src/; a folder ends in "/". */
const mayImport: Readonly<Record<Ring, readonly string[]>> = {
  core: [],
  codec: ["core/"],
  config: ["core/", "valibot", "smol-toml", "toml-eslint-parser"],
  daemon: ["core/", "codec/"],
  simulator: ["core/", "codec/"],
  host: ["core/", "codec/", "daemon/ports.ts", "node:", "@logtape/logtape", "@logtape/file"],
  cli: [
    "core/",
    "codec/",
    "config/",
    "daemon/",
    "host/",
    "simulator/",
    "../deno.json",
    "node:",
    "@optique/core",
    "@optique/run",
  ],
};

/** What decides or translates must not know: the time, chance, waiting, and where it runs. */
const impure = [
  "Date",
  "Math.random",
  "performance",
  "setTimeout",
  "setInterval",
  "setImmediate",
  "queueMicrotask",
  "async",
  "await",
  "Promise",
  "Deno",
  "process",
  "console",
  "crypto",
  "Buffer",
  "globalThis",
  "fetch",
  "Bun",
];

interface Source {
  /** From src/, as "core/node.ts". */
  readonly path: string;
  readonly text: string;
}

Deno.test("every import in src/ goes inward, as src/README.md says", async () => {
  const sources = await sourcesOf("src");
  ok(sources.length > 20);
  deepEqual(sources.flatMap(outwardImports), []);
});

Deno.test("core and codec know no clock, no chance, no waiting and no runtime", async () => {
  const sources = await sourcesOf("src");
  deepEqual(sources.flatMap(impurities), []);
});

Deno.test("no decision knows a wall clock or a measure: core has no wall time, and reads measures only to show them", async () => {
  const core = (await sourcesOf("src")).filter(({ path }) => path.startsWith("core/"));
  const using = (word: RegExp) =>
    core.filter(({ text }) => word.test(withoutComments(text))).map(({ path }) => path);
  ok(core.length > 20);
  deepEqual(using(/wall_?(time|clock)/i), []);
  // heartbeat.ts makes them and suspicion.ts keeps them; whoever reads one tells it to people.
  deepEqual(using(/\bmeasure\b|\bbeats?\b|\bHeard\["age"\]|\bversion\b/), [
    "core/heartbeat.ts",
    "core/measure.ts",
    "core/message.ts",
    "core/monitor.ts",
    "core/node.ts",
    "core/suspicion.ts",
    "core/turn.ts",
  ]);
  deepEqual(using(/\b(roundTripOf|arrivalsOf|leastOf)\b/), ["core/measure.ts", "core/monitor.ts"]);
});

Deno.test("the top level holds what the map names, and nothing more", async () => {
  const ignored = (await Deno.readTextFile(`${root}.gitignore`)).split("\n").map((line) =>
    line.replaceAll("/", "")
  );
  const found = (await Array.fromAsync(Deno.readDir(root))).map(({ name }) => name);
  deepEqual(found.filter((name) => name !== ".git" && !ignored.includes(name)).sort(), [
    ".ci",
    ".gitignore",
    "LICENSE",
    "README.md",
    "deno.json",
    "deno.lock",
    "examples",
    "main.ts",
    "scripts",
    "src",
    "test",
  ]);
});

const outward: Readonly<Record<string, Source>> = {
  "core/a.ts: ../codec/wire.ts": { path: "core/a.ts", text: `import { x } from "../codec/wire.ts";` },
  "core/b.ts: node:fs": { path: "core/b.ts", text: `import "node:fs";` },
  "core/c.ts: valibot": { path: "core/c.ts", text: `export * from "valibot";` },
  "codec/a.ts: ../config/load.ts": {
    path: "codec/a.ts",
    text: `import type {\n  X,\n} from "../config/load.ts";`,
  },
  "config/a.ts: ../host/clock.ts": {
    path: "config/a.ts",
    text: `const x = await import("../host/clock.ts");`,
  },
  "daemon/a.ts: ../host/clock.ts": { path: "daemon/a.ts", text: `export { x } from '../host/clock.ts';` },
  "host/a.ts: ../daemon/daemon.ts": { path: "host/a.ts", text: `import x from "../daemon/daemon.ts";` },
  "host/b.ts: ../config/load.ts": { path: "host/b.ts", text: `type X = import("../config/load.ts").X;` },
  "core/d.ts: ../simulator/network.ts": { path: "core/d.ts", text: `import "../simulator/network.ts";` },
  "simulator/a.ts: ../host/clock.ts": { path: "simulator/a.ts", text: `import "../host/clock.ts";` },
  "cli/a.ts: lodash": { path: "cli/a.ts", text: `import lodash from "lodash";` },
  "daemon/b.ts: node:process": { path: "daemon/b.ts", text: `import process from "node:process";` },
};

for (const [expected, source] of Object.entries(outward)) {
  Deno.test(`an outward import is seen: ${expected}`, () => deepEqual(outwardImports(source), [expected]));
}

Deno.test("an inward import is let be", () => {
  const inward: readonly Source[] = [
    {
      path: "core/a.ts",
      text: `import { x } from "./b.ts";\n// import "node:fs"\nconst text = 'from "valibot"';`,
    },
    { path: "codec/a.ts", text: `import type { x } from "../core/b.ts";` },
    {
      path: "host/a.ts",
      text: `import { x } from "node:net"; import type { Log } from "../daemon/ports.ts";`,
    },
    { path: "cli/a.ts", text: `import { x } from "@optique/core/primitives"; import "../host/clock.ts";` },
  ];
  deepEqual(inward.flatMap(outwardImports), []);
});

for (const name of impure) {
  Deno.test(`"${name}" in core is seen`, () => {
    deepEqual(impurities({ path: "core/a.ts", text: `// why\nconst x = ${name}(1);\n` }), [
      `core/a.ts:2: ${name}`,
    ]);
  });
}

Deno.test("impure words are let be in comments, texts, names and members, and outside of core and codec", () => {
  const text = "// Date and await\n/* Deno\n console */ const isDate = { process: 1, async: 2 }.process;\n" +
    'const words = "Date await" + `Promise`; /** Buffer */ const asyncOf = x.crypto;';
  deepEqual(impurities({ path: "core/a.ts", text }), []);
  deepEqual(impurities({ path: "host/a.ts", text: "await Date.now()" }), []);
  deepEqual(impurities({ path: "codec/a.ts", text: "const s = `${Date.now()}`;" }), ["codec/a.ts:1: Date"]);
});

function outwardImports({ path, text }: Source): string[] {
  const ring = path.split("/")[0] ?? "";
  const allowed = [`${ring}/`, ...mayImport[ring as Ring]];
  return importsOf(text)
    .filter((specifier) => {
      const target = specifier.startsWith(".") ? resolved(path, specifier) : specifier;
      return !allowed.some((each) =>
        target === each || target.startsWith(each.endsWith(":") || each.endsWith("/") ? each : `${each}/`)
      );
    })
    .map((specifier) => `${path}: ${specifier}`);
}

/** From src/ on: "core/a.ts" and "../codec/b.ts" give "codec/b.ts". */
const resolved = (path: string, specifier: string): string =>
  new URL(specifier, `file:///root/src/${path}`).pathname.replace("/root/src/", "").replace("/root/", "../");

function importsOf(text: string): string[] {
  const specifiers = withoutComments(text).matchAll(
    /(?:^|[;}\s])(?:import|export)\b[^;"'`]*?\bfrom\s*(["'])(.+?)\1|\bimport\s*\(?\s*(["'])(.+?)\3/g,
  );
  return [...specifiers].map(([, , from, , direct]) => from ?? direct ?? "");
}

function impurities({ path, text }: Source): string[] {
  if (!/^(core|codec)\//.test(path)) return [];
  const code = withoutTexts(withoutComments(text));
  return code.split("\n").flatMap((line, at) =>
    impure.filter((name) => isUsed(name, line)).map((name) => `${path}:${at + 1}: ${name}`)
  );
}

/** As a member (`x.process`) or the name of a field (`{ process: 1 }`) a word is only a word. */
function isUsed(name: string, line: string): boolean {
  const word = `(?<![\\w.$])${name.replace(".", "\\.")}(?![\\w$])`;
  const fieldName = new RegExp(`(^|[{,(]|readonly)\\s*${word}\\s*\\??:`, "g");
  return new RegExp(word).test(line.replace(fieldName, "$1"));
}

/** Blanks comments and keeps the lines. Texts are known, so that "//" in one is no comment. */
function withoutComments(text: string): string {
  return text.replace(
    /("(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'|`(?:\\.|[^`\\])*`)|\/\/.*|\/\*[^]*?\*\//g,
    (found, string) => string ?? found.replace(/[^\n]/g, " "),
  );
}

/** Blanks texts and keeps what a template computes. */
function withoutTexts(code: string): string {
  return code.replace(/"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'/g, '""').replace(
    /`(?:\\.|[^`\\])*`/g,
    (template) =>
      [...template.matchAll(/\$\{([^}]*)\}|\n/g)].map(([found, computed]) => computed ?? found).join(" "),
  );
}

async function sourcesOf(folder: string, under = ""): Promise<Source[]> {
  const found: Source[] = [];
  for await (const entry of Deno.readDir(`${root}${folder}/${under}`)) {
    const path = `${under}${entry.name}`;
    if (entry.isDirectory) found.push(...await sourcesOf(folder, `${path}/`));
    else if (path.endsWith(".ts")) {
      found.push({ path, text: await Deno.readTextFile(`${root}${folder}/${path}`) });
    }
  }
  return found.sort((a, b) => a.path < b.path ? -1 : 1);
}
