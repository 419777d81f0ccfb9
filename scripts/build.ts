// Builds the single executable:
//
//   deno task build                                          dist/molehill, for this machine
//   deno task build linux-x64 linux-x64-musl linux-arm64     dist/molehill-linux-x64, ... for others
//   deno task build --force                                  even when nothing has changed
//
// Bun bundles the sources and puts them behind a copy of itself. For another machine it takes that machine's Bun
// from its npm package, of its own version, and keeps it in its cache.

import { createHash } from "node:crypto";
import { fileURLToPath } from "node:url";
import { bunProgram } from "./bun_program.ts";

const root = fileURLToPath(new URL("..", import.meta.url));
const dist = `${root}dist`;

/** Other machines that it can be built for, and Bun's names for them. */
const bunTargets: Readonly<Record<string, string>> = {
  "linux-x64": "bun-linux-x64",
  "linux-x64-musl": "bun-linux-x64-musl",
  "linux-arm64": "bun-linux-arm64",
  "linux-arm64-musl": "bun-linux-arm64-musl",
};

const flags = [
  "--define=Deno=globalThis.__denoOnBun",
  "--format=esm",
  // Starts in half the time.
  "--bytecode",
  // Stack traces name the source files.
  "--sourcemap=inline",
  // A daemon that root starts must not run what lies in the current directory.
  "--no-compile-autoload-dotenv",
  "--no-compile-autoload-bunfig",
];

if (import.meta.main) {
  const force = Deno.args.includes("--force");
  const targets = Deno.args.filter((argument) => argument !== "--force");
  const unknown = targets.filter((target) => bunTargets[target] === undefined);
  if (unknown.length > 0) {
    console.error(
      `Cannot build for "${unknown.join(", ")}": can build for ${Object.keys(bunTargets).join(", ")}`,
    );
    Deno.exit(64);
  }
  for (const target of targets.length > 0 ? targets : [null]) {
    console.log(await build({ target, force }));
  }
}

/** Builds for one machine (null: this one), unless it is there and made of the same sources; says what it did. */
async function build({ target, force }: { target: string | null; force: boolean }): Promise<string> {
  const name = target === null ? "molehill" : `molehill-${target}`;
  const made = `${dist}/${name}`;
  const madeOf = `${dist}/.${name}.sha256`;
  const sources = await digestOfSources();
  const upToDate = !force && await exists(made) &&
    await Deno.readTextFile(madeOf).catch(() => "") === sources;
  if (upToDate) return `dist/${name} is up to date`;

  if (!await compile(made, target)) Deno.exit(1);
  await Deno.writeTextFile(madeOf, sources);
  return `dist/${name}: ${Math.round((await Deno.stat(made)).size / 1e6)} MB`;
}

/** Built beside and put in place when whole, so that nobody ever runs half an executable. */
async function compile(made: string, target: string | null): Promise<boolean> {
  const workplace = `${dist}/.building-${Deno.pid}`;
  await Deno.mkdir(workplace, { recursive: true });
  try {
    const forTarget = target === null ? [] : [`--target=${bunTargets[target]}`];
    const { success } = await new Deno.Command(bunProgram(), {
      args: [
        "build",
        "--compile",
        ...flags,
        ...forTarget,
        `--outfile=${workplace}/molehill`,
        "scripts/bun_entry.ts",
      ],
      cwd: root,
      env: { BUN_OPTIONS: "" },
      stdout: "null",
    }).spawn().status;
    if (success) await Deno.rename(`${workplace}/molehill`, made);
    return success;
  } finally {
    await Deno.remove(workplace, { recursive: true });
  }
}

/** Of everything that the executable is made of: sources, build script, and the locked dependencies. */
async function digestOfSources(): Promise<string> {
  const digest = createHash("sha256");
  const folders = await Promise.all([filesUnder("src"), filesUnder("scripts/deno_on_bun")]);
  const files = [
    "deno.json",
    "deno.lock",
    "main.ts",
    "scripts/build.ts",
    "scripts/bun_entry.ts",
    ...folders.flat(),
  ];
  for (const file of files) {
    const contents = await Deno.readFile(root + file);
    digest.update(`${file} ${contents.length}\n`).update(contents);
  }
  return digest.digest("hex");
}

async function filesUnder(folder: string): Promise<string[]> {
  const found: string[] = [];
  for await (const entry of Deno.readDir(root + folder)) {
    const path = `${folder}/${entry.name}`;
    if (entry.isDirectory) found.push(...await filesUnder(path));
    else if (path.endsWith(".ts")) found.push(path);
  }
  return found.sort();
}

async function exists(path: string): Promise<boolean> {
  return await Deno.stat(path).then(() => true, () => false);
}
