import assert from "node:assert/strict";
import { parseKeyFile, SECRETS_MAX } from "../../src/codec/key_file.ts";

const secret = "0123456789abcdef";

Deno.test("secrets are read in order, without comments, blank lines and spaces around them", () => {
  const text = `\uFEFF# made with openssl rand -hex 32\r\n\r\n  ${secret}  \r\nsecret with spaces #2\n`;
  assert.deepEqual(parseKeyFile(text), { ok: true, value: [secret, "secret with spaces #2"] });
});

Deno.test("short secrets are a problem that names every line and no secret", () => {
  assert.deepEqual(parseKeyFile(`short\n${secret}\n\nshorter`), {
    ok: false,
    problem: "the secret in line 1 has 5 characters, wanted at least 16; " +
      "the secret in line 4 has 7 characters, wanted at least 16",
  });
});

Deno.test("a file without a secret or with too many is a problem", () => {
  const none = { ok: false, problem: "no secret in it, wanted at least one line with a secret" };
  assert.deepEqual(parseKeyFile(""), none);
  assert.deepEqual(parseKeyFile("# later\n\n"), none);
  assert.deepEqual(parseKeyFile(`${secret}\n`.repeat(SECRETS_MAX + 1)), {
    ok: false,
    problem: "17 secrets in it, wanted at most 16",
  });
});
