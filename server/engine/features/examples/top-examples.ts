import { type KeptExample, KeptPositions } from "./kept-positions";

/** Which activations are the strongest. */
type End = "highest" | "lowest";

/**
 * The strongest examples of each latent of a module, one of a row. Which are kept depends on what was offered and not on its order: by activation,
 * then lower row, then lower position.
 */
export class TopExamples {
  readonly numLatents: number;
  readonly capacity: number;
  readonly end: End;
  /** Key below which nothing enters, the activation or with the lowest its negative; −Infinity while the latent's list is not full. To be looked at before `admit`. */
  readonly threshold: Float32Array;
  readonly counts: Uint8Array;
  /** The slots of latent j begin at j · capacity. */
  readonly kept = new KeptPositions();
  readonly #weakest: Int32Array;

  /** @throws RangeError when `capacity` is not in 1…255 */
  constructor(numLatents: number, capacity: number, end: End) {
    if (!Number.isInteger(capacity) || capacity < 1 || capacity > 255)
      throw new RangeError(`examples a latent: ${capacity} is not in 1…255`);
    this.numLatents = numLatents;
    this.capacity = capacity;
    this.end = end;
    this.threshold = new Float32Array(numLatents).fill(-Infinity);
    this.counts = new Uint8Array(numLatents);
    this.kept.growTo(numLatents * capacity);
    this.#weakest = new Int32Array(numLatents);
  }

  /** @returns the slot whose window is to be set, or −1 when the example is too weak */
  admit(latent: number, value: number, row: number, position: number): number {
    const count = this.counts[latent] as number;
    let slot = latent * this.capacity + count;
    if (count === this.capacity) {
      slot = this.#weakest[latent] as number;
      const order =
        this.#key(value) - (this.threshold[latent] as number) ||
        (this.kept.rows[slot] as number) - row ||
        (this.kept.positions[slot] as number) - position;
      if (!(order > 0)) return -1;
    } else {
      this.counts[latent] = count + 1;
    }
    this.kept.write(slot, value, row, position);
    if (this.counts[latent] === this.capacity) this.#findWeakest(latent);
    return slot;
  }

  /** Of one latent, strongest first. */
  of(latent: number): KeptExample[] {
    return Array.from(this.slotsOf(latent), (slot) => this.kept.read(slot));
  }

  /** Slots of one latent in use, strongest first. */
  slotsOf(latent: number): Int32Array {
    const { values, rows, positions } = this.kept;
    const start = latent * this.capacity;
    return Int32Array.from({ length: this.counts[latent] ?? 0 }, (_, i) => start + i).sort(
      (a, b) =>
        this.#key(values[b] as number) - this.#key(values[a] as number) ||
        (rows[a] as number) - (rows[b] as number) ||
        (positions[a] as number) - (positions[b] as number),
    );
  }

  /** Takes what another holds, over other rows. */
  merge(from: TopExamples): void {
    const { values, rows, positions } = from.kept;
    for (let latent = 0; latent < from.numLatents; latent++) {
      const start = latent * from.capacity;
      for (let slot = start; slot < start + (from.counts[latent] as number); slot++) {
        const taken = this.admit(latent, values[slot] as number, rows[slot] as number, positions[slot] as number);
        if (taken >= 0) this.kept.copyWindow(taken, from.kept, slot);
      }
    }
  }

  #findWeakest(latent: number): void {
    const { values, rows, positions } = this.kept;
    let weakest = latent * this.capacity;
    let lowest = this.#key(values[weakest] as number);
    for (let slot = weakest + 1, end = weakest + this.capacity; slot < end; slot++) {
      const key = this.#key(values[slot] as number);
      if (key > lowest) continue;
      const order =
        lowest - key || (rows[slot] as number) - (rows[weakest] as number) || (positions[slot] as number) - (positions[weakest] as number);
      if (order > 0) {
        weakest = slot;
        lowest = key;
      }
    }
    this.#weakest[latent] = weakest;
    this.threshold[latent] = lowest;
  }

  #key(value: number): number {
    return this.end === "lowest" ? -value : value;
  }
}
