/** A token that a latent fired at: at least `count − error` and at most `count` times. */
export type CountedToken = { token: number; count: number; error: number };

/** How often each latent of a module fired at each token. */
export type TokenCounts = ExactTokenCounts | TokenSketch;

/** Every (latent, token) counted. Takes 4 bytes for each pair there could be. */
export class ExactTokenCounts {
  readonly kind = "exact";
  readonly numLatents: number;
  readonly vocab: number;
  readonly counts: Uint32Array;

  constructor(numLatents: number, vocab: number) {
    this.numLatents = numLatents;
    this.vocab = vocab;
    this.counts = new Uint32Array(numLatents * vocab);
  }

  add(latent: number, token: number): void {
    const at = latent * this.vocab + token;
    this.counts[at] = (this.counts[at] as number) + 1;
  }

  /** Most frequent first, of equal ones the lower id. */
  top(latent: number, limit: number): CountedToken[] {
    const found: CountedToken[] = [];
    const start = latent * this.vocab;
    for (let token = 0; token < this.vocab; token++) {
      const count = this.counts[start + token] as number;
      if (count > 0) found.push({ token, count, error: 0 });
    }
    return found.sort((a, b) => b.count - a.count || a.token - b.token).slice(0, limit);
  }
}

/** Counters a token can be found at: few, since every firing looks through them. */
const ways = 4;

/**
 * Space-Saving sketches (Metwally et al. 2005) for each latent: tokens are dealt by a hash to capacity / 4 sets of 4 counters, and the smallest
 * of a set is handed to a token of the set that has none. A count is too high by `error` at most.
 */
export class TokenSketch {
  readonly kind = "sketch";
  readonly numLatents: number;
  readonly capacity: number;
  /** (numLatents, capacity) each; a counter with count 0 is free */
  readonly tokens: Int32Array;
  readonly counts: Uint32Array;
  readonly errors: Uint32Array;
  readonly #hashShift: number;

  /** @throws RangeError when `capacity` is no power of two from 8 on */
  constructor(numLatents: number, capacity: number) {
    const bits = Math.log2(capacity / ways);
    if (!Number.isInteger(bits) || bits < 1) throw new RangeError(`token counters a latent: ${capacity} is no power of two from 8 on`);
    this.numLatents = numLatents;
    this.capacity = capacity;
    this.tokens = new Int32Array(numLatents * capacity).fill(-1);
    this.counts = new Uint32Array(numLatents * capacity);
    this.errors = new Uint32Array(numLatents * capacity);
    this.#hashShift = 32 - bits;
  }

  /** Where the token's set begins. */
  #setOf(latent: number, token: number): number {
    return latent * this.capacity + (Math.imul(token, 0x9e3779b1) >>> this.#hashShift) * ways;
  }

  add(latent: number, token: number): void {
    const { tokens, counts } = this;
    const start = this.#setOf(latent, token);
    let smallest = start;
    for (let at = start; at < start + ways; at++) {
      if (tokens[at] === token) {
        counts[at] = (counts[at] as number) + 1;
        return;
      }
      if ((counts[at] as number) < (counts[smallest] as number)) smallest = at;
    }
    const error = counts[smallest] as number;
    tokens[smallest] = token;
    counts[smallest] = error + 1;
    this.errors[smallest] = error;
  }

  /** Most frequent first by the count that is certain. */
  top(latent: number, limit: number): CountedToken[] {
    return this.#counters(latent * this.capacity, this.capacity)
      .sort((a, b) => b.count - b.error - (a.count - a.error) || b.count - a.count || a.token - b.token)
      .slice(0, limit);
  }

  /** Adds another sketch of the same shape: set by set, the largest sums; a token that one side lacks may have had its smallest count there. */
  merge(other: TokenSketch): void {
    for (let start = 0; start < this.counts.length; start += ways) {
      const theirs = other.#counters(start, ways);
      if (theirs.length === 0) continue;
      const ours = this.#counters(start, ways);
      const missing = (counters: CountedToken[]) => (counters.length < ways ? 0 : Math.min(...counters.map(({ count }) => count)));
      const [missedByUs, missedByThem] = [missing(ours), missing(theirs)];
      const sums = new Map<number, CountedToken>(
        ours.map(({ token, count, error }) => [token, { token, count: count + missedByThem, error: error + missedByThem }]),
      );
      for (const { token, count, error } of theirs) {
        const sum = sums.get(token);
        if (sum === undefined) sums.set(token, { token, count: count + missedByUs, error: error + missedByUs });
        else sums.set(token, { token, count: sum.count - missedByThem + count, error: sum.error - missedByThem + error });
      }
      const kept = [...sums.values()].sort((a, b) => b.count - a.count || a.token - b.token);
      for (let i = 0; i < ways; i++) {
        this.tokens[start + i] = kept[i]?.token ?? -1;
        this.counts[start + i] = kept[i]?.count ?? 0;
        this.errors[start + i] = kept[i]?.error ?? 0;
      }
    }
  }

  #counters(start: number, length: number): CountedToken[] {
    const found: CountedToken[] = [];
    for (let at = start; at < start + length; at++) {
      const count = this.counts[at] as number;
      if (count > 0) found.push({ token: this.tokens[at] as number, count, error: this.errors[at] as number });
    }
    return found;
  }
}
