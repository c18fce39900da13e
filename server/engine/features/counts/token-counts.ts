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
  /** (numLatents, sets, 2, 4): four tokens, then their four counts, side by side in one cache line; a counter with count 0 is free */
  readonly counters: Int32Array;
  /** (numLatents, sets, 4) */
  readonly errors: Int32Array;
  readonly #hashShift: number;

  /** @throws RangeError when `capacity` is no power of two from 8 on */
  constructor(numLatents: number, capacity: number) {
    const bits = Math.log2(capacity / ways);
    if (!Number.isInteger(bits) || bits < 1) throw new RangeError(`token counters a latent: ${capacity} is no power of two from 8 on`);
    this.numLatents = numLatents;
    this.capacity = capacity;
    this.counters = new Int32Array(2 * numLatents * capacity);
    this.errors = new Int32Array(numLatents * capacity);
    this.#hashShift = 32 - bits;
  }

  add(latent: number, token: number): void {
    const { counters } = this;
    const start = 2 * (latent * this.capacity + (Math.imul(token, 0x9e3779b1) >>> this.#hashShift) * ways);
    let smallest = start;
    for (let at = start; at < start + ways; at++) {
      const count = counters[at + ways] as number;
      if (counters[at] === token && count > 0) {
        counters[at + ways] = count + 1;
        return;
      }
      if (count < (counters[smallest + ways] as number)) smallest = at;
    }
    const error = counters[smallest + ways] as number;
    counters[smallest] = token;
    counters[smallest + ways] = error + 1;
    this.errors[start / 2 + smallest - start] = error;
  }

  /** Most frequent first by the count that is certain. */
  top(latent: number, limit: number): CountedToken[] {
    const found: CountedToken[] = [];
    for (let set = 0; set < this.capacity; set += ways) found.push(...this.#set(latent * this.capacity + set));
    return found.sort((a, b) => b.count - b.error - (a.count - a.error) || b.count - a.count || a.token - b.token).slice(0, limit);
  }

  /** Adds another sketch of the same shape: set by set, the largest sums; a token that one side lacks may have had its smallest count there. */
  merge(other: TokenSketch): void {
    for (let start = 0; start < this.errors.length; start += ways) {
      const theirs = other.#set(start);
      if (theirs.length === 0) continue;
      const ours = this.#set(start);
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
        this.counters[2 * start + i] = kept[i]?.token ?? 0;
        this.counters[2 * start + ways + i] = kept[i]?.count ?? 0;
        this.errors[start + i] = kept[i]?.error ?? 0;
      }
    }
  }

  /** The counters in use of the set whose errors begin at `start`. */
  #set(start: number): CountedToken[] {
    const found: CountedToken[] = [];
    for (let way = 0; way < ways; way++) {
      const count = this.counters[2 * start + ways + way] as number;
      if (count > 0) found.push({ token: this.counters[2 * start + way] as number, count, error: this.errors[start + way] as number });
    }
    return found;
  }
}
