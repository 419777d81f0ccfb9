import { equal, match } from "node:assert/strict";
import { golden } from "../support/golden.ts";
import { molehill, session } from "./captured.ts";

const files = "test/cli/files";

Deno.test("check prints what a right file means, and exits with 0", async () => {
  const page = await session("check", "--config", `${files}/good.toml`);
  // The digest changes with the program's idea of what belongs to it: its own test tells more.
  await golden("cli/check_good.txt", page.replace(/(digest +)[0-9a-f]{16}/, "$1<16 digits>"));
  equal((await molehill("check", "--config", `${files}/good.toml`)).code, 0);
});

Deno.test("check prints every problem of a wrong file with its place, and exits with 2", async () => {
  await golden("cli/check_bad.txt", await session("check", "--config", `${files}/bad.toml`));
  const { code, out, err } = await molehill("check", "--config", `${files}/bad.toml`);
  equal(code, 2);
  equal(out, "");
  match(err, /^test\/cli\/files\/bad\.toml:3:13: /m);
});

Deno.test("check says so when there is no file, or what it found is no file", async () => {
  const missing = await molehill("check", "--config", "/nowhere/molehill.toml");
  equal(missing.code, 2);
  equal(missing.err, 'Cannot read the configuration "/nowhere/molehill.toml": no such file\n');
  const directory = await molehill("check", "--config", "/");
  equal(directory.code, 2);
  match(directory.err, /^Cannot read the configuration "\/": it is a directory\n$/);
});

Deno.test("check warns of a key file that cannot be used, for the file may be right on another machine", async () => {
  await withFiles({ mode: 0o644, key: "0123456789abcdef\n" }, async (file) => {
    const { code, err } = await molehill("check", "--config", file);
    equal(code, 0);
    match(
      err,
      /Warning: Cannot use key file ".*key": its mode is 0644, so others may read it \(wanted 0600\)/,
    );
  });
  await withFiles({ mode: 0o600, key: "short\n" }, async (file) => {
    match((await molehill("check", "--config", file)).err, /line 1 has 5 characters, wanted at least 16/);
  });
  await withFiles({ mode: 0o600, key: "0123456789abcdef\n" }, async (file) => {
    equal((await molehill("check", "--config", file)).err, "");
  });
});

Deno.test("run refuses a file that cannot be used in the words of check, and exits with 2", async () => {
  const checked = await molehill("check", "--config", `${files}/bad.toml`);
  const { code, err } = await molehill("run", "--config", `${files}/bad.toml`);
  equal(code, 2);
  equal(err, checked.err);
});

Deno.test("run names all that keeps it from starting: whose host this is, and the key file", async () => {
  await withFiles({ mode: 0o640, key: "0123456789abcdef\n" }, async (file) => {
    const { code, err } = await molehill("run", "--config", file, "--host", "test0");
    equal(code, 2);
    match(err, /^Cannot be host "test0": no such host in .* \(did you mean "test00"\?/m);
    match(err, /^Cannot use key file ".*": its mode is 0640/m);
  });
});

async function withFiles(
  { mode, key }: { readonly mode: number; readonly key: string },
  use: (configFile: string) => Promise<void>,
): Promise<void> {
  const directory = await Deno.makeTempDir();
  try {
    const keyFile = `${directory}/key`;
    await Deno.writeTextFile(keyFile, key);
    await Deno.chmod(keyFile, mode);
    const good = await Deno.readTextFile(new URL("files/good.toml", import.meta.url));
    await Deno.writeTextFile(
      `${directory}/m.toml`,
      good.replace("[cluster]", `[cluster]\nkey_file = "${keyFile}"`),
    );
    await use(`${directory}/m.toml`);
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}
