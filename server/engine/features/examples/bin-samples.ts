import { KeptPositions } from "./kept-positions";

/** Blocks that are allocated at a time, at least. */
const fewestBlocks = 64;

/**
 * Reservoirs of firings, one for each bin that has any: of a bin's firings it keeps the `capacity` ones whose positions have the smallest
 * hashes. That is an even sample of the bin, the same in whatever order firings come, and of two parts merged as of the whole.
 */
export class BinSamples {
  readonly capacity: number;
  /** Where each bin's block of slots is, −1 for none: block b holds slots b · capacity and on. */
  blocks = new Int32Array(0);
  /** By block, the hash above which nothing enters. To be looked at before `admit`. */
  limits = new Uint32Array(0);
  counts = new Uint8Array(0);
  hashes = new Uint32Array(0);
  readonly kept = new KeptPositions();
  #usedBlocks = 0;

  /** @throws RangeError when `capacity` is not in 1…255 */
  constructor(capacity: number) {
    if (!Number.isInteger(capacity) || capacity < 1 || capacity > 255) throw new RangeError(`samples a bin: ${capacity} is not in 1…255`);
    this.capacity = capacity;
  }

  /** Makes room for bins 0 … bins − 1. */
  growTo(bins: number): void {
    const blocks = new Int32Array(bins).fill(-1);
    blocks.set(this.blocks);
    this.blocks = blocks;
  }

  /** @returns the slot whose window is to be set, or −1 when the hash is too large */
  admit(bin: number, hash: number, value: number, row: number, position: number): number {
    let block = this.blocks[bin] as number;
    if (block < 0) {
      block = this.#addBlock();
      this.blocks[bin] = block;
    }
    const start = block * this.capacity;
    let slot = start + (this.counts[block] as number);
    if (slot === start + this.capacity) {
      slot = this.#last(start);
      if (!this.#isBefore(hash, row, position, slot)) return -1;
    } else {
      this.counts[block] = (this.counts[block] as number) + 1;
    }
    this.hashes[slot] = hash;
    this.kept.write(slot, value, row, position);
    if (this.counts[block] === this.capacity) this.limits[block] = this.hashes[this.#last(start)] as number;
    return slot;
  }

  /** Slots of one bin in use, by ascending hash. */
  slotsOf(bin: number): Int32Array {
    const block = this.blocks[bin] ?? -1;
    if (block < 0) return new Int32Array(0);
    const start = block * this.capacity;
    const slots = new Int32Array(this.counts[block] as number);
    const { rows, positions } = this.kept;
    for (let count = 0; count < slots.length; count++) {
      const slot = start + count;
      let at = count;
      while (at > 0) {
        const before = slots[at - 1] as number;
        if (!this.#isBefore(this.hashes[slot] as number, rows[slot] as number, positions[slot] as number, before)) break;
        slots[at] = before;
        at--;
      }
      slots[at] = slot;
    }
    return slots;
  }

  /** Takes another's sample of the same bin, over other rows. */
  mergeBin(bin: number, from: BinSamples, fromBin: number): void {
    const { values, rows, positions } = from.kept;
    for (const slot of from.slotsOf(fromBin)) {
      const hash = from.hashes[slot] as number;
      const taken = this.admit(bin, hash, values[slot] as number, rows[slot] as number, positions[slot] as number);
      if (taken < 0) return;
      this.kept.copyWindow(taken, from.kept, slot);
    }
  }

  #addBlock(): number {
    const block = this.#usedBlocks++;
    if (block === this.limits.length) {
      const size = Math.max(fewestBlocks, Math.ceil(1.5 * block));
      const [limits, counts] = [new Uint32Array(size).fill(2 ** 32 - 1), new Uint8Array(size)];
      const hashes = new Uint32Array(size * this.capacity);
      limits.set(this.limits);
      counts.set(this.counts);
      hashes.set(this.hashes);
      this.limits = limits;
      this.counts = counts;
      this.hashes = hashes;
      this.kept.growTo(size * this.capacity);
    }
    return block;
  }

  /** The slot of a full block that gives way first. */
  #last(start: number): number {
    let last = start;
    for (let slot = start + 1, end = start + this.capacity; slot < end; slot++) {
      if (!this.#isBefore(this.hashes[slot] as number, this.kept.rows[slot] as number, this.kept.positions[slot] as number, last))
        last = slot;
    }
    return last;
  }

  #isBefore(hash: number, row: number, position: number, slot: number): boolean {
    const order = hash - (this.hashes[slot] as number) || row - (this.kept.rows[slot] as number);
    return (order || position - (this.kept.positions[slot] as number)) < 0;
  }
}
