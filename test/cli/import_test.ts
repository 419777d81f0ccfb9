import { equal, match } from "node:assert/strict";
import { golden } from "../support/golden.ts";
import { molehill, session } from "./captured.ts";

const files = "test/config/import/files";

const sessions = {
  "import_seed.txt": [
    "--spread",
    `${files}/seed/spread.conf`,
    "--wackamole",
    `${files}/seed/wackamole.conf`,
    "--hosts",
    `${files}/seed/hosts`,
  ],
  "import_wan.txt": [
    "--spread",
    `${files}/wan/spread.conf`,
    "--wackamole",
    `web1=${files}/wan/web1.conf`,
    "--wackamole",
    `web2=${files}/wan/web2.conf`,
    "--hosts",
    `${files}/wan/hosts`,
  ],
  "import_keepalived.txt": [
    "--keepalived",
    `lb1=${files}/keepalived/lb1.conf`,
    "--keepalived",
    `lb2=${files}/keepalived/lb2.conf`,
  ],
} as const;

for (const [name, args] of Object.entries(sessions)) {
  Deno.test(`import prints the file, and what has no counterpart, and check accepts it: ${name}`, async () => {
    await golden(`cli/${name}`, await session("import", ...args));
    const { code, out } = await molehill("import", ...args);
    equal(code, 0);
    await withFile("m.toml", out, async (file) => {
      equal((await molehill("check", "--config", file)).code, 0);
    });
  });
}

Deno.test("import exits with 1 when a person has to fill something in, and prints the file all the same", async () => {
  await golden(
    "cli/import_open.txt",
    await session("import", "--keepalived", `${files}/keepalived/alone.conf`),
  );
  equal((await molehill("import", "--keepalived", `${files}/keepalived/alone.conf`)).code, 1);
});

Deno.test("import exits with 2, prints nothing, and names each problem when files are no files or no text", async () => {
  await withFile("zero", "right\nhere\0", async (zero) => {
    const { code, out, err } = await molehill(
      ...["import", "--spread", "/nowhere/spread.conf", "--wackamole", "/", "--hosts", zero],
    );
    equal(code, 2);
    equal(out, "");
    equal(
      err,
      'Cannot read "/nowhere/spread.conf": no such file\nCannot read "/": it is a directory\n' +
        `${zero}:2:5: Cannot read the file: a zero byte (wanted text)\nCannot convert: 3 problems\n`,
    );
  });
});

Deno.test("import reads no file without end", async () => {
  const { code, err } = await molehill("import", "--keepalived", "/dev/zero");
  equal(code, 2);
  match(err, /^Cannot read "\/dev\/zero": it is larger than 1 MiB/);
});

Deno.test("import names at most 50 problems, and how many more there are", async () => {
  await withFile("braces", "}\n".repeat(5_000), async (file) => {
    const { code, out, err } = await molehill("import", "--keepalived", file);
    equal(code, 2);
    equal(out, "");
    equal(err.split("\n").length, 53);
    match(err, /\n\.\.\. and 950 more\nCannot convert: 1000 problems or more\n$/);
  });
});

Deno.test("import reads old texts that are no UTF-8", async () => {
  const latin1 = Uint8Array.from(
    "! f\u00fcr\nvrrp_instance A {\n interface e0\n virtual_ipaddress { 10.0.1.1 }\n}",
    (char) => char.charCodeAt(0),
  );
  await withFile("latin1", latin1, async (file) => {
    const { out } = await molehill("import", "--keepalived", file);
    match(out, /address = "10\.0\.1\.1\/32"/);
  });
});

Deno.test("import says which options belong together, and exits with 64", async () => {
  const calls = [
    ["import"],
    ["import", "--spread", "s"],
    ["import", "--wackamole", "w"],
    ["import", "--spread", "s", "--wackamole", "w", "--keepalived", "k"],
    ["import", "--keepalived", "k", "--keepalived", "l"],
    ["import", "--keepalived", "a=k", "--keepalived", "a=l"],
    ["import", "--keepalived", "a="],
    ["import", "--spred", "s"],
  ];
  for (const call of calls) equal((await molehill(...call)).code, 64, call.join(" "));
  await golden("cli/import_usage.txt", (await Promise.all(calls.map((call) => session(...call)))).join("\n"));
});

async function withFile(
  name: string,
  content: string | Uint8Array<ArrayBuffer>,
  use: (file: string) => Promise<void>,
): Promise<void> {
  const directory = await Deno.makeTempDir({ prefix: "molehill-test-" });
  try {
    const bytes = typeof content === "string" ? new TextEncoder().encode(content) : content;
    await Deno.writeFile(`${directory}/${name}`, bytes);
    await use(`${directory}/${name}`);
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}
