/** By what examples are ranked: the activation itself, or its magnitude (signed components, as LoRA's). */
export type ExampleRank = "value" | "magnitude";

/** The window of an example: positions before and after the peak. */
export const windowBefore = 24;
export const windowAfter = 16;

const windowSize = windowBefore + 1 + windowAfter;

/** One kept example. */
export type TopExample = {
  value: number;
  /** Row of the corpus. */
  row: number;
  /** Token position in the row. */
  position: number;
  /** Where in the window the latent fires, relative to the peak, ascending, 0 among them; and its activations there. */
  offsets: Int8Array;
  activations: Float32Array;
};

/**
 * The strongest examples of each latent of a module, one of a row. Which are kept depends on what was offered and not on its order: by rank,
 * then lower row, then lower position.
 *
 * Activations over the windows lie in one growing arena; what replaced examples leave behind is cleared when it is full.
 */
export class TopExamples {
  readonly numLatents: number;
  readonly capacity: number;
  readonly rank: ExampleRank;
  /** Rank below which nothing enters; −Infinity while the latent's list is not full. To be looked at before `admit`. */
  readonly threshold: Float32Array;
  readonly counts: Uint8Array;
  readonly values: Float32Array;
  readonly rows: Int32Array;
  readonly positions: Int32Array;
  readonly windowStarts: Int32Array;
  readonly windowLengths: Uint8Array;
  arenaOffsets = new Int8Array(0);
  arenaValues = new Float32Array(0);
  arenaEnd = 0;
  readonly #weakest: Int32Array;

  /** @throws RangeError when `capacity` is not in 1…255 */
  constructor(numLatents: number, capacity: number, rank: ExampleRank) {
    if (!Number.isInteger(capacity) || capacity < 1 || capacity > 255)
      throw new RangeError(`examples a latent: ${capacity} is not in 1…255`);
    this.numLatents = numLatents;
    this.capacity = capacity;
    this.rank = rank;
    this.threshold = new Float32Array(numLatents).fill(-Infinity);
    this.counts = new Uint8Array(numLatents);
    this.values = new Float32Array(numLatents * capacity);
    this.rows = new Int32Array(numLatents * capacity);
    this.positions = new Int32Array(numLatents * capacity);
    this.windowStarts = new Int32Array(numLatents * capacity);
    this.windowLengths = new Uint8Array(numLatents * capacity);
    this.#weakest = new Int32Array(numLatents);
  }

  /** @returns the place to give a window to by `setWindow`, or −1 when the example is too weak */
  admit(latent: number, value: number, row: number, position: number): number {
    const count = this.counts[latent] as number;
    let slot = latent * this.capacity + count;
    if (count === this.capacity) {
      slot = this.#weakest[latent] as number;
      const order =
        this.#key(value) - (this.threshold[latent] as number) ||
        (this.rows[slot] as number) - row ||
        (this.positions[slot] as number) - position;
      if (!(order > 0)) return -1;
    } else {
      this.counts[latent] = count + 1;
    }
    this.values[slot] = value;
    this.rows[slot] = row;
    this.positions[slot] = position;
    if (this.counts[latent] === this.capacity) this.findWeakest(latent);
    return slot;
  }

  /** Stores the first `length` entries of a window, at most 41. */
  setWindow(slot: number, offsets: Int8Array, values: Float32Array, length: number): void {
    // The slot's old window must not be kept alive by the clearing.
    this.windowLengths[slot] = 0;
    if (this.arenaEnd + length > this.arenaValues.length) this.#clearArena();
    const start = this.arenaEnd;
    for (let i = 0; i < length; i++) {
      this.arenaOffsets[start + i] = offsets[i] as number;
      this.arenaValues[start + i] = values[i] as number;
    }
    this.windowStarts[slot] = start;
    this.windowLengths[slot] = length;
    this.arenaEnd = start + length;
  }

  /** Of one latent, strongest first. */
  of(latent: number): TopExample[] {
    const examples: TopExample[] = [];
    for (let slot = latent * this.capacity, end = slot + (this.counts[latent] ?? 0); slot < end; slot++) {
      const start = this.windowStarts[slot] ?? 0;
      const length = this.windowLengths[slot] ?? 0;
      examples.push({
        value: this.values[slot] ?? 0,
        row: this.rows[slot] ?? 0,
        position: this.positions[slot] ?? 0,
        offsets: this.arenaOffsets.slice(start, start + length),
        activations: this.arenaValues.slice(start, start + length),
      });
    }
    return examples.sort((a, b) => this.#key(b.value) - this.#key(a.value) || a.row - b.row || a.position - b.position);
  }

  /** Sets a full latent's threshold; needed from outside only where the arrays were filled directly. */
  findWeakest(latent: number): void {
    let weakest = latent * this.capacity;
    let lowest = this.#key(this.values[weakest] as number);
    for (let slot = weakest + 1, end = weakest + this.capacity; slot < end; slot++) {
      const key = this.#key(this.values[slot] as number);
      if (key > lowest) continue;
      const order =
        lowest - key ||
        (this.rows[slot] as number) - (this.rows[weakest] as number) ||
        (this.positions[slot] as number) - (this.positions[weakest] as number);
      if (order > 0) {
        weakest = slot;
        lowest = key;
      }
    }
    this.#weakest[latent] = weakest;
    this.threshold[latent] = lowest;
  }

  #key(value: number): number {
    return this.rank === "magnitude" ? Math.abs(value) : value;
  }

  /** Copies the windows in use to an arena with twice as much room again. */
  #clearArena(): void {
    let live = 0;
    for (let slot = 0; slot < this.windowLengths.length; slot++) live += this.windowLengths[slot] as number;
    const size = Math.max(2 * this.numLatents, 3 * live, 4 * windowSize);
    const offsets = new Int8Array(size);
    const values = new Float32Array(size);
    let end = 0;
    for (let slot = 0; slot < this.windowLengths.length; slot++) {
      const length = this.windowLengths[slot] as number;
      if (length === 0) continue;
      const start = this.windowStarts[slot] as number;
      // Windows are short: a loop is quicker than two views.
      for (let i = 0; i < length; i++) {
        offsets[end + i] = this.arenaOffsets[start + i] as number;
        values[end + i] = this.arenaValues[start + i] as number;
      }
      this.windowStarts[slot] = end;
      end += length;
    }
    this.arenaOffsets = offsets;
    this.arenaValues = values;
    this.arenaEnd = end;
  }
}
