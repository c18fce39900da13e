import type { PositionBatch } from "@/server/engine/features/position-batch";

/** How a module's lists follow the sample: which of the slots so far stay, and the places of a batch that are new. */
export type SampleChange = { readonly kept: Int32Array | "all"; readonly added: Int32Array };

/**
 * An even sample of counted positions of bounded size, the same for all modules: those whose hash lies below 2³² / 2^halvings, with as few
 * halvings as keep it within its capacity. It depends on the corpus alone, not on the order, batches or shards.
 */
export class PositionSample {
  readonly capacity: number;
  halvings = 0;
  count = 0;
  readonly hashes: Uint32Array;
  readonly rows: Int32Array;
  readonly positions: Int32Array;

  /** @param capacity positions at most; 0 samples none */
  constructor(capacity: number) {
    this.capacity = capacity;
    this.hashes = new Uint32Array(capacity);
    this.rows = new Int32Array(capacity);
    this.positions = new Int32Array(capacity);
  }

  /**
   * Takes a batch's positions.
   *
   * @param hashes of the positions
   * @param halvings of the sample that they are of already
   */
  take(
    { counted, rows, positions }: Pick<PositionBatch, "counted" | "rows" | "positions">,
    hashes: Uint32Array,
    halvings = 0,
  ): SampleChange {
    let kept: SampleChange["kept"] = "all";
    if (this.capacity === 0) return { kept, added: new Int32Array(0) };
    this.halvings = Math.max(this.halvings, halvings);
    let limit = this.limit;
    let added = Array.from(hashes.keys()).filter((place) => counted[place] !== 0 && (hashes[place] as number) < limit);
    let stay = Array.from({ length: this.count }, (_, slot) => slot).filter((slot) => (this.hashes[slot] as number) < limit);
    while (stay.length + added.length > this.capacity) {
      this.halvings++;
      limit = this.limit;
      added = added.filter((place) => (hashes[place] as number) < limit);
      stay = stay.filter((slot) => (this.hashes[slot] as number) < limit);
    }
    if (stay.length < this.count) {
      kept = Int32Array.from(stay);
      compact(this.hashes, kept, 1);
      compact(this.rows, kept, 1);
      compact(this.positions, kept, 1);
    }
    this.count = stay.length;
    for (const place of added) {
      this.hashes[this.count] = hashes[place] as number;
      this.rows[this.count] = rows[place] as number;
      this.positions[this.count] = positions[place] as number;
      this.count++;
    }
    return { kept, added: Int32Array.from(added) };
  }

  /** Hashes from here on are not sampled. */
  get limit(): number {
    return 2 ** (32 - this.halvings);
  }

  /** Slots in use by row and position. */
  slotsInOrder(): Int32Array {
    const { rows, positions } = this;
    return Int32Array.from({ length: this.count }, (_, slot) => slot).sort(
      (a, b) => (rows[a] as number) - (rows[b] as number) || (positions[a] as number) - (positions[b] as number),
    );
  }
}

/** Moves the entries of the slots that stay, `width` each, to the front. */
export function compact(values: Int32Array | Uint32Array, kept: Int32Array, width: number): void {
  kept.forEach((slot, to) => {
    values.copyWithin(to * width, slot * width, (slot + 1) * width);
  });
}
