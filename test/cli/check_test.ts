import { doesNotMatch, equal, match } from "node:assert/strict";
import { golden } from "../support/golden.ts";
import { molehill, session } from "./captured.ts";

const files = "test/cli/files";

Deno.test("check prints what a right file means, and exits with 0", async () => {
  const page = await session("check", "--config", `${files}/good.toml`);
  // The digest changes with the program's idea of what belongs to it: its own test tells more.
  await golden("cli/check_good.txt", page.replace(/(digest +)[0-9a-f]{16}/, "$1<16 digits>"));
  equal((await molehill("check", "--config", `${files}/good.toml`)).code, 0);
});

Deno.test("check --json tells a program the same as check tells people, warnings included", async () => {
  const { code, out, err } = await molehill("check", "--json", "--config", `${files}/good.toml`);
  equal(code, 0);
  equal(err, "");
  const { digest, ...meaning } = JSON.parse(out);
  match(digest, /^[0-9a-f]{16}$/);
  await golden("cli/check_good.json", `${JSON.stringify(meaning, null, 2)}\n`);
  const { out: text } = await molehill("check", "--config", `${files}/good.toml`);
  for (const { name, formula, applies } of meaning.bounds) {
    equal(text.split("\n").some((line) => line.startsWith(name) && line.endsWith(formula)), applies, name);
  }
});

Deno.test("check --json prints no JSON of a wrong file, but its problems on standard error", async () => {
  const { code, out, err } = await molehill("check", "--json", "--config", `${files}/bad.toml`);
  equal(code, 2);
  equal(out, "");
  equal(err, (await molehill("check", "--config", `${files}/bad.toml`)).err);
});

Deno.test("check tells where the log goes when it does not go to standard error", async () => {
  const file = await Deno.makeTempFile({ suffix: ".toml" });
  try {
    const good = await Deno.readTextFile(new URL("files/good.toml", import.meta.url));
    await Deno.writeTextFile(file, `${good}\n[log]\nfile = "/var/log/%h.log"\nkeep = 1\nsyslog = "local0"\n`);
    const { out } = await molehill("check", "--config", file);
    match(
      out,
      /^ {2}log +\/var\/log\/%h\.log, rotated at 10MB, 1 old file kept\n +system log, facility local0$/m,
    );
    await Deno.writeTextFile(file, good);
    doesNotMatch((await molehill("check", "--config", file)).out, /^ {2}log /m);
  } finally {
    await Deno.remove(file);
  }
});

for (const count of [1, 2, 3, 4, 5, 6]) {
  Deno.test(`check tells what sizes of a quorum of ${count} serve, and what an even split does`, async () => {
    await withQuorumOf(count, async (file) => {
      const { out } = await molehill("check", "--config", file);
      const text = out.slice(out.indexOf("quorum:"), out.indexOf("  secrets")).replace(/\s+/g, " ").trim();
      equal(text, quorumTexts[count]);
    });
  });
}

const quorumTexts: Readonly<Record<number, string>> = {
  1: "quorum: the only host is its own majority",
  2: "quorum: both hosts must hear each other, or neither holds VIPs no host may be lost; " +
    "a split into 1 and 1 stops all until it heals",
  3: "quorum: 2 or 3 of 3 hosts that hear each other hold VIPs, fewer hold none 1 host may be lost; " +
    "of two parts one always goes on",
  4: "quorum: 3 or 4 of 4 hosts that hear each other hold VIPs, fewer hold none 1 host may be lost; " +
    "a split into 2 and 2 stops all until it heals",
  5: "quorum: 3 to 5 of 5 hosts that hear each other hold VIPs, fewer hold none 2 hosts may be lost; " +
    "of two parts one always goes on",
  6: "quorum: 4 to 6 of 6 hosts that hear each other hold VIPs, fewer hold none 2 hosts may be lost; " +
    "a split into 3 and 3 stops all until it heals",
};

async function withQuorumOf(count: number, use: (file: string) => Promise<void>): Promise<void> {
  const directory = await Deno.makeTempDir();
  try {
    const hosts = Array.from(
      { length: count },
      (_, at) => `[[host]]\nname = "h${at}"\naddress = "10.0.0.${at + 1}"\n`,
    );
    await Deno.writeTextFile(
      `${directory}/m.toml`,
      '[cluster]\nname = "tudou"\npartition = "quorum"\n[[segment]]\nname = "lan"\nmode = "unicast"\n' +
        `${hosts.join("")}[[vip]]\naddress = "10.0.1.1"\ninterface = "eth0"\n`,
    );
    await use(`${directory}/m.toml`);
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}

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
