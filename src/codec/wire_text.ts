// Texts on the wire: plain ones, and two shorter forms for what messages are full of, the same few host names
// again and again, and long sorted lists of VIPs. Both forms rely on what the same message said before;
// Writer and Reader remember it.
//
// Every heartbeat of every host passes here, and nearly all names are ASCII: those are written and read byte
// by byte, which is several times faster than a call of TextEncoder or TextDecoder for each.

import { assert } from "../core/assert.ts";
import { Malformed, type Writer } from "./bytes.ts";
import { type Codec, varint } from "./wire.ts";

/**
 * UTF-8, at most `bytesMax` bytes. Half a surrogate pair, which UTF-8 has no bytes for, is written as U+FFFD: a message
 * that nobody can read would be worse.
 */
export function text(bytesMax: number): Codec<string> {
  return {
    write(writer, given) {
      const value = given.toWellFormed();
      assert(utf8Length(value) <= bytesMax, "a text for the wire is not longer than its limit");
      writeUtf8(writer, value);
    },
    read(reader) {
      const length = varint.read(reader);
      if (length > bytesMax) throw new Malformed(`a text of ${length} bytes (at most ${bytesMax})`);
      return utf8Text(reader.bytes(length));
    },
  };
}

/** A text that a message names again and again: in full the first time, by its number after that. */
export function repeatable(inFull: Codec<string>): Codec<string> {
  return {
    write(writer, value) {
      const number = writer.repeated.get(value);
      varint.write(writer, number ?? 0);
      if (number !== undefined) return;
      inFull.write(writer, value);
      writer.repeated.set(value, writer.repeated.size + 1);
    },
    read(reader) {
      const number = varint.read(reader);
      if (number === 0) reader.repeated.push(inFull.read(reader));
      // Number 0 is the newest: at(-1) is the last one.
      const value = reader.repeated.at(number - 1);
      if (value === undefined) throw new Malformed(`text number ${number} of ${reader.repeated.length}`);
      return value;
    },
  };
}

/**
 * A text that often begins like the one before it, as in a sorted list: how many UTF-16 units are the same, then
 * the rest as a text. A thousand addresses of one network take 3 to 4 bytes each instead of 10.
 */
export function following(bytesMax: number): Codec<string> {
  const rest = text(bytesMax);
  return {
    write(writer, given) {
      const value = given.toWellFormed();
      assert(utf8Length(value) <= bytesMax, "a text for the wire is not longer than its limit");
      const same = sameAtStart(value, writer.previous);
      varint.write(writer, same);
      rest.write(writer, value.slice(same));
      writer.previous = value;
    },
    read(reader) {
      const same = varint.read(reader);
      if (same > reader.previous.length) throw new Malformed("more of the text before than there is");
      const value = reader.previous.slice(0, same) + rest.read(reader);
      if (!value.isWellFormed()) throw new Malformed("a text before that is cut inside a character");
      if (utf8Length(value) > bytesMax) throw new Malformed(`a text of more than ${bytesMax} bytes`);
      reader.previous = value;
      return value;
    },
  };
}

const utf8Encoder = new TextEncoder();
const utf8Decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

function writeUtf8(writer: Writer, value: string): void {
  const length = utf8Length(value);
  varint.write(writer, length);
  if (length > value.length) return writer.bytes(utf8Encoder.encode(value));
  for (let at = 0; at < value.length; at++) writer.byte(value.charCodeAt(at));
}

function utf8Text(bytes: Uint8Array): string {
  let value = "";
  for (const byte of bytes) {
    if (byte >= 0x80) return otherUtf8Text(bytes);
    value += String.fromCharCode(byte);
  }
  return value;
}

function otherUtf8Text(bytes: Uint8Array): string {
  try {
    return utf8Decoder.decode(bytes);
  } catch {
    throw new Malformed("a text that is not UTF-8");
  }
}

/** How many bytes the text takes; as many as it has units where all of it is ASCII. */
function utf8Length(value: string): number {
  let length = 0;
  for (let at = 0; at < value.length; at++) {
    const unit = value.charCodeAt(at);
    // Each half of a surrogate pair counts for two of the pair's four bytes.
    length += unit < 0x80 ? 1 : unit < 0x800 || isSurrogate(unit) ? 2 : 3;
  }
  return length;
}

/** How many units are the same at the start of both, without a half of a surrogate pair at the end. */
function sameAtStart(a: string, b: string): number {
  let same = 0;
  while (same < a.length && same < b.length && a.charCodeAt(same) === b.charCodeAt(same)) same += 1;
  return same > 0 && isFirstHalf(a.charCodeAt(same - 1)) ? same - 1 : same;
}

const isSurrogate = (unit: number): boolean => unit >= 0xd800 && unit < 0xe000;
const isFirstHalf = (unit: number): boolean => unit >= 0xd800 && unit < 0xdc00;
