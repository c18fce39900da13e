/** The whole state of a generator: four 32-bit words, so that it goes into JSON and comes back exactly. */
export type RandomState = readonly [number, number, number, number];

/**
 * Random numbers from a seed: xoshiro128** (Blackman and Vigna 2018), seeded by splitmix32.
 * The same seed gives the same numbers on every machine; `state` can be stored and `fromState` goes on exactly there.
 */
export class Random {
  private readonly words: Uint32Array;

  constructor(seed: number) {
    this.words = new Uint32Array(4);
    let mixed = ((seed >>> 0) ^ Math.imul(Math.floor(seed / 2 ** 32), 0x9e3779b1)) >>> 0;
    for (let word = 0; word < 4; word++) {
      mixed = (mixed + 0x9e3779b9) >>> 0;
      let bits = mixed;
      bits = Math.imul(bits ^ (bits >>> 16), 0x85ebca6b);
      bits = Math.imul(bits ^ (bits >>> 13), 0xc2b2ae35);
      this.words[word] = (bits ^ (bits >>> 16)) >>> 0;
    }
  }

  static fromState(state: RandomState): Random {
    const random = new Random(0);
    random.words.set(state);
    return random;
  }

  /** Numbers of their own for each list: every word of the state depends on all of it. */
  static ofNumbers(numbers: readonly number[]): Random {
    const word = (salt: number) => numbers.reduce((mixed, number) => new Random(mixed ^ number).nextWord(), salt);
    return Random.fromState([word(1), word(2), word(3), word(4)]);
  }

  get state(): RandomState {
    const [a = 0, b = 0, c = 0, d = 0] = this.words;
    return [a, b, c, d];
  }

  /** Uniform in 0 … 2³² − 1. */
  nextWord(): number {
    const s = this.words;
    const s1 = s[1] ?? 0;
    const product = Math.imul(s1, 5);
    const result = Math.imul((product << 7) | (product >>> 25), 9) >>> 0;
    const shifted = s1 << 9;
    s[2] = (s[2] ?? 0) ^ (s[0] ?? 0);
    s[3] = (s[3] ?? 0) ^ s1;
    s[1] = s1 ^ (s[2] ?? 0);
    s[0] = (s[0] ?? 0) ^ (s[3] ?? 0);
    s[2] = (s[2] ?? 0) ^ shifted;
    const last = s[3] ?? 0;
    s[3] = (last << 11) | (last >>> 21);
    return result;
  }

  /** Uniform in [0, 1), 53 bits. */
  next(): number {
    return ((this.nextWord() >>> 5) * 2 ** 26 + (this.nextWord() >>> 6)) / 2 ** 53;
  }

  /** Uniform in 0 … bound − 1, without bias. @throws RangeError unless bound is a whole number in 1…2³² */
  nextBelow(bound: number): number {
    if (!Number.isInteger(bound) || bound < 1 || bound > 2 ** 32) throw new RangeError(`nextBelow: bound ${bound} is not in 1…2^32`);
    const limit = 2 ** 32 - (2 ** 32 % bound);
    for (;;) {
      const word = this.nextWord();
      if (word < limit) return word % bound;
    }
  }

  /** Normal with mean 0 and variance 1 (Box and Muller; the second of each pair is not kept, so the state stays four words). */
  nextNormal(): number {
    return Math.sqrt(-2 * Math.log(1 - this.next())) * Math.cos(2 * Math.PI * this.next());
  }

  /** So many of them. */
  normals(count: number): Float32Array {
    return Float32Array.from({ length: count }, () => this.nextNormal());
  }

  /** Shuffles in place (Fisher and Yates). */
  shuffle(items: Int32Array): void {
    for (let last = items.length - 1; last > 0; last--) {
      const other = this.nextBelow(last + 1);
      const moved = items[last] ?? 0;
      items[last] = items[other] ?? 0;
      items[other] = moved;
    }
  }
}
