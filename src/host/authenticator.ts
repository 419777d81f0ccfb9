// Signs datagrams and checks the signatures of others, by HMAC-SHA-256 (RFC 2104) with the secrets of the key
// file. The first secret signs and any of them is accepted, so that a group changes its secret without an
// interruption: add the new one below the old one on every host, then put it first everywhere, then take the
// old one away.

import { createHmac, timingSafeEqual } from "node:crypto";
import type { Authenticator } from "../codec/datagram.ts";

/**
 * An authenticator for one group. Without any secret the group's name serves as one: this keeps nobody out who means
 * harm, but refuses datagrams of other groups and damaged ones.
 */
export function createAuthenticator(secrets: readonly string[], group: string): Authenticator {
  const keys = secrets.length === 0
    ? [keyOf({ secret: "", purpose: "datagrams without a secret", group })]
    : secrets.map((secret) => keyOf({ secret, purpose: "datagrams", group }));
  const [signing = new Uint8Array()] = keys;
  return {
    tag: (bytes) => tagOf(signing, bytes),
    accepts: (bytes, tag) => keys.some((key) => isSame(tagOf(key, bytes), tag)),
  };
}

export interface Keyring extends Authenticator {
  /** Signs and checks with these secrets from now on. */
  adopt(secrets: readonly string[]): void;
}

/** An authenticator whose secrets can be changed while it is in use. */
export function createKeyring(secrets: readonly string[], group: string): Keyring {
  let current = createAuthenticator(secrets, group);
  return {
    tag: (bytes) => current.tag(bytes),
    accepts: (bytes, tag) => current.accepts(bytes, tag),
    adopt: (others) => void (current = createAuthenticator(others, group)),
  };
}

/**
 * Each purpose and group has a key of its own: a tag is of no use anywhere else, even under the same secret.
 */
function keyOf(
  { secret, purpose, group }: { readonly secret: string; readonly purpose: string; readonly group: string },
): Uint8Array {
  return createHmac("sha256", secret).update(`molehill ${purpose}\n${group}`).digest();
}

const tagOf = (key: Uint8Array, bytes: Uint8Array): Uint8Array =>
  createHmac("sha256", key).update(bytes).digest();

/** timingSafeEqual refuses different lengths; a length is no secret. */
const isSame = (wanted: Uint8Array, given: Uint8Array): boolean =>
  wanted.length === given.length && timingSafeEqual(wanted, given);
