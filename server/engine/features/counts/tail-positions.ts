/** Memory for the tails of all latents of a collection together, and positions that each keeps of either sign where they fit (our choice). */
const tailBytes = 2 ** 26;
const mostPositions = 512;
const fewestPositions = 32;
/** An activation and a token, of either sign. */
const bytesAPosition = 2 * 8;

/** Positions kept of each sign of each latent. @param latents of the whole collection */
export function tailCapacity(latents: number): number {
  const fitting = Math.floor(tailBytes / (bytesAPosition * Math.max(1, latents)));
  return Math.min(mostPositions, Math.max(fewestPositions, fitting));
}

/**
 * The tokens at the positions where |activation| of one sign is largest, of each latent of a module. Of equal ones the lower token is kept, so what is kept
 * does not depend on the order in which positions come, and of two parts merged it is that of the whole.
 */
export class TailPositions {
  readonly numLatents: number;
  readonly capacity: number;
  readonly counts: Uint32Array;
  /** Latent j's begin at j · capacity: a heap, whose first gives way first. */
  readonly #sizes: Float32Array;
  readonly #tokens: Int32Array;

  constructor(numLatents: number, capacity: number) {
    this.numLatents = numLatents;
    this.capacity = capacity;
    this.counts = new Uint32Array(numLatents);
    this.#sizes = new Float32Array(numLatents * capacity);
    this.#tokens = new Int32Array(numLatents * capacity);
  }

  /** @param size |activation| */
  offer(latent: number, size: number, token: number): void {
    const count = this.counts[latent] as number;
    const start = latent * this.capacity;
    if (count < this.capacity) {
      this.counts[latent] = count + 1;
      this.#rise(start, count, size, token);
    } else if (this.#isWeaker(start, size, token)) {
      this.#sink(start, size, token);
    }
  }

  /** Of one latent, largest first. */
  of(latent: number): { size: number; token: number }[] {
    const start = latent * this.capacity;
    const kept = Array.from({ length: this.counts[latent] ?? 0 }, (_, at) => ({
      size: this.#sizes[start + at] as number,
      token: this.#tokens[start + at] as number,
    }));
    return kept.sort((a, b) => b.size - a.size || a.token - b.token);
  }

  /** Takes what another holds, over other rows. */
  merge(from: TailPositions): void {
    for (let latent = 0; latent < from.numLatents; latent++) {
      for (const { size, token } of from.of(latent)) this.offer(latent, size, token);
    }
  }

  /** Whether the entry at `slot` gives way to another. */
  #isWeaker(slot: number, size: number, token: number): boolean {
    const own = this.#sizes[slot] as number;
    return own < size || (own === size && (this.#tokens[slot] as number) > token);
  }

  #put(slot: number, size: number, token: number): void {
    this.#sizes[slot] = size;
    this.#tokens[slot] = token;
  }

  #move(to: number, from: number): void {
    this.#put(to, this.#sizes[from] as number, this.#tokens[from] as number);
  }

  /** Puts an entry at the heap's end and lets it rise past stronger ones. */
  #rise(start: number, end: number, size: number, token: number): void {
    let at = end;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (this.#isWeaker(start + parent, size, token)) break;
      this.#move(start + at, start + parent);
      at = parent;
    }
    this.#put(start + at, size, token);
  }

  /** Puts an entry in place of the first and lets it sink past weaker ones. */
  #sink(start: number, size: number, token: number): void {
    let at = 0;
    for (;;) {
      const left = 2 * at + 1;
      if (left >= this.capacity) break;
      const right = left + 1;
      const isRight =
        right < this.capacity && this.#isWeaker(start + right, this.#sizes[start + left] as number, this.#tokens[start + left] as number);
      const weaker = isRight ? right : left;
      if (!this.#isWeaker(start + weaker, size, token)) break;
      this.#move(start + at, start + weaker);
      at = weaker;
    }
    this.#put(start + at, size, token);
  }
}
