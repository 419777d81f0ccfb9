// What will happen, in order: a priority queue of things to do on the simulated clock, which it also is. Two things
// set for the same time happen in the order in which they were set. A binary heap; the clock jumps from one to the
// next.

interface Appointment {
  readonly at: number;
  readonly order: number;
  readonly happen: () => void;
}

export class Timeline {
  #now = 0;
  #set = 0;
  readonly #heap: Appointment[] = [];

  /** Milliseconds since the simulation began. */
  get now(): number {
    return this.#now;
  }

  /** Lets it happen `delay` milliseconds from now, at the earliest now. */
  after(delay: number, happen: () => void): void {
    this.at(this.#now + delay, happen);
  }

  /** Lets it happen at a time, at the earliest now. */
  at(time: number, happen: () => void): void {
    this.#heap.push({ at: Math.max(time, this.#now), order: this.#set++, happen });
    this.#rise(this.#heap.length - 1);
  }

  /** Lets everything happen that is set for `end` or earlier; the clock then shows `end`. */
  runUntil(end: number): void {
    for (let next = this.#heap[0]; next !== undefined && next.at <= end; next = this.#heap[0]) {
      this.#takeFirst();
      this.#now = next.at;
      next.happen();
    }
    this.#now = Math.max(this.#now, end);
  }

  #takeFirst(): void {
    const last = this.#heap.pop();
    if (last === undefined || this.#heap.length === 0) return;
    this.#heap[0] = last;
    this.#sink(0);
  }

  #rise(from: number): void {
    let at = from;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (!this.#isBefore(at, parent)) return;
      this.#swap(at, parent);
      at = parent;
    }
  }

  #sink(from: number): void {
    let at = from;
    while (true) {
      const left = 2 * at + 1;
      let first = at;
      if (this.#isBefore(left, first)) first = left;
      if (this.#isBefore(left + 1, first)) first = left + 1;
      if (first === at) return;
      this.#swap(at, first);
      at = first;
    }
  }

  #isBefore(a: number, b: number): boolean {
    const one = this.#heap[a];
    const other = this.#heap[b];
    if (one === undefined || other === undefined) return false;
    return one.at < other.at || (one.at === other.at && one.order < other.order);
  }

  #swap(a: number, b: number): void {
    const one = this.#heap[a];
    const other = this.#heap[b];
    if (one === undefined || other === undefined) return;
    this.#heap[a] = other;
    this.#heap[b] = one;
  }
}
