import { equal, match } from "node:assert/strict";
import { commands } from "../../src/cli/commands.ts";
import { golden } from "../support/golden.ts";
import { molehill, session } from "./captured.ts";

Deno.test("molehill alone prints the same as molehill --help, and exits with 0", async () => {
  await golden("cli/help.txt", await session("--help"));
  deepEqualOutput(await molehill(), await molehill("--help"));
  deepEqualOutput(await molehill("help"), await molehill("--help"));
  deepEqualOutput(await molehill("-h"), await molehill("--help"));
  deepEqualOutput(await molehill("move", "-h"), await molehill("move", "--help"));
});

function deepEqualOutput(found: { out: string; code: number }, wanted: { out: string; code: number }): void {
  equal(found.out, wanted.out);
  equal(found.code, wanted.code);
}

for (const { name } of commands) {
  Deno.test(`molehill ${name} --help prints its options, examples and exit codes`, async () => {
    const page = await session(name, "--help");
    match(page, /^Examples:\n {2}\S/m);
    match(page, /^Exit codes:\n {2}0 /m);
    await golden(`cli/help_${name}.txt`, page);
  });
}

Deno.test("the examples of every command are command lines that it understands", async () => {
  for (const { name, examples } of commands) {
    for (const [line] of examples) {
      const words = line.match(new RegExp(`molehill (${name}( (--?[\\w-]+|'[^']*'|[\\w./-]+))*)`))?.[1];
      const args = (words ?? "").match(/'[^']*'|\S+/g)?.map((word) => word.replaceAll("'", "")) ?? [];
      equal(args[0], name, `The example "${line}" should call "molehill ${name}"`);
      equal((await molehill(...args, "--help")).code, 0, line);
    }
  }
});

Deno.test("molehill --version and molehill version print the version that deno.json declares", async () => {
  const { version } = JSON.parse(await Deno.readTextFile(new URL("../../deno.json", import.meta.url)));
  equal((await molehill("--version")).out, `molehill ${version}\n`);
  equal((await molehill("version")).out, `molehill ${version}\n`);
});

Deno.test("a wrong command line exits with 64, says what is wrong, what may be meant, and where help is", async () => {
  const wrong = [
    ["statsu"],
    ["frobnicate"],
    ["--versoin"],
    ["status", "--jsno"],
    ["status", "extra"],
    ["check", "--config"],
    ["run", "--host"],
    ["run", "--host", "test00", "--host", "test01"],
    ["move"],
    ["move", "web-a"],
    ["move", "web-a", "test01", "test02"],
    ["plan"],
    ["explain"],
    ["explain", "web-a", "--jsno"],
    ["monitor", "--ones"],
    ["plan", "--without", "test01,,test02"],
    ["simulate", "--pairs", "most"],
    ["drain", "--reason"],
    ["completions", "tcsh"],
  ];
  const sessions = [];
  for (const args of wrong) {
    equal((await molehill(...args)).code, 64, args.join(" "));
    sessions.push(await session(...args));
  }
  await golden("cli/usage_errors.txt", sessions.join("\n"));
});

Deno.test("the common options are understood by every command that reads the file or asks the daemon", async () => {
  for (const { name } of commands.filter((command) => command.name !== "version")) {
    const { code } = await molehill(name, "--config", "/etc/m.toml", "--runtime-dir", "/run/m", "--help");
    equal(code, 0, name);
  }
});

for (const shell of ["bash", "zsh", "fish"]) {
  Deno.test(`molehill completions ${shell} prints a script that completes molehill`, async () => {
    const { code, out } = await molehill("completions", shell);
    equal(code, 0);
    match(out, /molehill/);
    match(out, /completions/);
    const offered = await molehill("completions", shell, "st");
    match(offered.out, /^status\b/m);
  });
}
