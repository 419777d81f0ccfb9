// The two ends of a stretch of bytes: a Writer that grows, and a Reader that never reads past the end. The
// Reader gives up by throwing Malformed, which `decode` in wire.ts turns into a value: nothing outside of the
// codecs ever sees it.

/** Why reading stopped. Only ever thrown below `decode`. */
export class Malformed extends Error {
  override readonly name = "Malformed";
}

export class Writer {
  /** Texts that were written in full, with their numbers: see `repeatable`. */
  readonly repeated = new Map<string, number>();
  /** The last text: see `following`. */
  previous = "";

  #bytes = new Uint8Array(256);
  #length = 0;

  byte(value: number): void {
    this.#reserve(1);
    this.#bytes[this.#length] = value;
    this.#length += 1;
  }

  bytes(all: Uint8Array): void {
    this.#reserve(all.length);
    this.#bytes.set(all, this.#length);
    this.#length += all.length;
  }

  /** A copy of everything written. */
  finish(): Uint8Array {
    return this.#bytes.slice(0, this.#length);
  }

  #reserve(more: number): void {
    const needed = this.#length + more;
    if (needed <= this.#bytes.length) return;
    const larger = new Uint8Array(Math.max(needed, this.#bytes.length * 2));
    larger.set(this.#bytes);
    this.#bytes = larger;
  }
}

export class Reader {
  /** Texts that were read in full, in order: see `repeatable`. */
  readonly repeated: string[] = [];
  /** The last text: see `following`. */
  previous = "";

  readonly #bytes: Uint8Array;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  get remaining(): number {
    return this.#bytes.length - this.#at;
  }

  byte(): number {
    const value = this.#bytes[this.#at];
    if (value === undefined) throw new Malformed("ends early");
    this.#at += 1;
    return value;
  }

  /** The next `length` bytes, as a view: nothing is allocated, however large a length was claimed. */
  bytes(length: number): Uint8Array {
    if (length > this.remaining) throw new Malformed(`claims ${length} bytes, ${this.remaining} are left`);
    const view = this.#bytes.subarray(this.#at, this.#at + length);
    this.#at += length;
    return view;
  }
}
