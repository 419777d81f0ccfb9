import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { TAG_BYTES } from "../../src/codec/datagram.ts";
import { createAuthenticator, createKeyring } from "../../src/host/authenticator.ts";

const old = "the secret until today";
const next = "the secret as of today";
const bytes = new TextEncoder().encode("a datagram");

const signedBy = (secrets: readonly string[], group = "tudou") =>
  createAuthenticator(secrets, group).tag(bytes);
const accepts = (secrets: readonly string[], tag: Uint8Array, group = "tudou") =>
  createAuthenticator(secrets, group).accepts(bytes, tag);

Deno.test("a tag is an HMAC-SHA-256 by a key that is made of secret, purpose and group", () => {
  const key = createHmac("sha256", old).update("molehill datagrams\ntudou").digest();
  const wanted = createHmac("sha256", key).update(bytes).digest();
  assert.deepEqual([...signedBy([old])], [...wanted]);
  assert.equal(wanted.length, TAG_BYTES);
});

Deno.test("the first secret signs and every secret is accepted", () => {
  assert(accepts([old], signedBy([old, next])));
  assert(accepts([next, old], signedBy([old, next])));
  assert(!accepts([next], signedBy([old, next])));
});

Deno.test("a change of secret in three rounds never refuses a host of another round", () => {
  const rounds = [[old], [old, next], [next, old], [next]];
  for (const [at, secrets] of rounds.entries()) {
    for (const neighbour of rounds.slice(Math.max(0, at - 1), at + 2)) {
      assert(accepts(neighbour, signedBy(secrets)));
    }
  }
});

Deno.test("a tag of other bytes, another length or another group is refused", () => {
  const tag = signedBy([old]);
  assert(accepts([old], tag));
  for (let bit = 0; bit < tag.length * 8; bit++) {
    const at = Math.floor(bit / 8);
    assert(!accepts([old], tag.with(at, (tag[at] ?? 0) ^ (1 << bit % 8))));
  }
  assert(!accepts([old], tag.subarray(1)));
  assert(!accepts([old], new Uint8Array()));
  assert(!accepts([old], tag, "other"));
  assert(!createAuthenticator([old], "tudou").accepts(bytes.subarray(1), tag));
});

Deno.test("without a secret the group's name still tells groups apart, and a group with a secret from one without", () => {
  assert(accepts([], signedBy([])));
  assert(!accepts([], signedBy([], "other")));
  assert(!accepts([old], signedBy([])));
  assert(!accepts([], signedBy([old])));
});

Deno.test("a keyring signs and checks with the secrets that it was given last", () => {
  const keyring = createKeyring([old], "tudou");
  assert(keyring.accepts(bytes, signedBy([old])));
  keyring.adopt([next]);
  assert(keyring.accepts(bytes, signedBy([next])) && !keyring.accepts(bytes, signedBy([old])));
  assert(accepts([next], keyring.tag(bytes)));
});
