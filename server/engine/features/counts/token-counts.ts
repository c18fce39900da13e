import { type CounterBudget, CounterMemory } from "./counter-memory";

/** A token that a latent fired at: at least `count − error` and at most `count` times. */
export type CountedToken = { token: number; count: number; error: number };

/** Slots of a latent's first table, as a power of two. */
const firstBits = 3;
/** A table grows to this size whatever the budget says, so that a latent's 12 listed tokens are always the best of at least 24. */
const guaranteedBits = 6;
const largestBits = 26;

/**
 * How often each latent of a module fired at each token. A latent has a hash table that grows with the tokens it fires at, and is exact while the
 * collection's budget lets it grow. A full table that may not grow is purged: the median of its counts is subtracted from all of them, what is left of
 * none goes, and the latent's error grows by that median (Anderson et al. 2017, "A High-Performance Algorithm for Identifying Frequent Items in Data
 * Streams", after Misra and Gries 1982). A count is then too low by its latent's error at most, and so is that of a token that is not there.
 */
export class TokenCounts {
  readonly numLatents: number;
  /** By latent: what its counts may be too low by. */
  readonly errors: Uint32Array;
  /** By latent: log2 of its table's slots; 0 for none yet. */
  readonly bits: Uint8Array;
  readonly #used: Uint32Array;
  readonly #addresses: Uint32Array;
  readonly #memory: CounterMemory;

  constructor(numLatents: number, budget: CounterBudget) {
    this.numLatents = numLatents;
    this.errors = new Uint32Array(numLatents);
    this.bits = new Uint8Array(numLatents);
    this.#used = new Uint32Array(numLatents);
    this.#addresses = new Uint32Array(numLatents);
    this.#memory = new CounterMemory(budget);
  }

  add(latent: number, token: number, count = 1): void {
    const bits = this.bits[latent] as number;
    if (bits === 0) {
      this.#resize(latent, firstBits);
      this.add(latent, token, count);
      return;
    }
    const address = this.#addresses[latent] as number;
    const page = this.#memory.page(address);
    const start = this.#memory.start(address);
    const mask = (1 << bits) - 1;
    // A slot holds the token plus 1, since 0 is a free one.
    for (let slot = Math.imul(token, 0x9e3779b1) >>> (32 - bits); ; slot = (slot + 1) & mask) {
      const at = start + 2 * slot;
      if (page[at] === token + 1) {
        page[at + 1] = (page[at + 1] as number) + count;
        return;
      }
      if (page[at] !== 0) continue;
      if ((this.#used[latent] as number) < mostUsed(bits)) {
        page[at] = token + 1;
        page[at + 1] = count;
        this.#used[latent] = (this.#used[latent] as number) + 1;
        return;
      }
      this.#makeRoom(latent, bits);
      this.add(latent, token, count);
      return;
    }
  }

  /** Most frequent first, of equal ones the lower id. */
  top(latent: number, limit: number): CountedToken[] {
    const error = this.errors[latent] as number;
    return this.entries(latent)
      .sort((a, b) => b.count - a.count || a.token - b.token)
      .slice(0, limit)
      .map(({ token, count }) => ({ token, count: count + error, error }));
  }

  /** What is in a latent's table, in the order of tokens; the counts without the error. */
  entries(latent: number): { token: number; count: number }[] {
    return this.#unordered(latent).sort((a, b) => a.token - b.token);
  }

  /** Adds the counts of another part of the collection. */
  merge(other: TokenCounts): void {
    for (let latent = 0; latent < this.numLatents; latent++) {
      this.errors[latent] = (this.errors[latent] as number) + (other.errors[latent] as number);
      for (const { token, count } of other.entries(latent)) this.add(latent, token, count);
    }
  }

  /** Sets a latent that has no counts yet, to what `entries`, `bits` and `errors` gave. */
  restore(latent: number, bits: number, error: number, entries: Iterable<{ token: number; count: number }>): void {
    if (bits > 0) this.#resize(latent, bits);
    this.errors[latent] = error;
    for (const { token, count } of entries) this.add(latent, token, count);
  }

  #unordered(latent: number): { token: number; count: number }[] {
    const bits = this.bits[latent] as number;
    if (bits === 0) return [];
    const address = this.#addresses[latent] as number;
    const page = this.#memory.page(address);
    const start = this.#memory.start(address);
    const found: { token: number; count: number }[] = [];
    for (let at = start; at < start + (2 << bits); at += 2) {
      if (page[at] !== 0) found.push({ token: (page[at] as number) - 1, count: page[at + 1] as number });
    }
    return found;
  }

  #makeRoom(latent: number, bits: number): void {
    const isAllowed = bits < guaranteedBits || (bits < largestBits && this.#memory.allows(1 << bits));
    if (isAllowed) this.#resize(latent, bits + 1);
    else this.#purge(latent);
  }

  #resize(latent: number, bits: number): void {
    const held = this.#unordered(latent);
    const before = this.bits[latent] as number;
    if (before > 0) this.#memory.free(this.#addresses[latent] as number, before);
    this.#addresses[latent] = this.#memory.take(bits);
    this.bits[latent] = bits;
    this.#used[latent] = 0;
    for (const { token, count } of held) this.add(latent, token, count);
  }

  #purge(latent: number): void {
    const held = this.#unordered(latent);
    const median = Uint32Array.from(held, ({ count }) => count).sort()[held.length >>> 1] as number;
    const address = this.#addresses[latent] as number;
    const start = this.#memory.start(address);
    this.#memory.page(address).fill(0, start, start + (2 << (this.bits[latent] as number)));
    this.#used[latent] = 0;
    this.errors[latent] = (this.errors[latent] as number) + median;
    for (const { token, count } of held) if (count > median) this.add(latent, token, count - median);
  }
}

/** Tokens that a table of 2^bits slots takes before it is full: linear probing stays short up to three quarters. */
function mostUsed(bits: number): number {
  return 3 << (bits - 2);
}
