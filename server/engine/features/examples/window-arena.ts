/** The window of an example: positions before and after the firing one. */
export const windowBefore = 24;
export const windowAfter = 16;
export const windowSize = windowBefore + 1 + windowAfter;

/**
 * A latent's activations around each of many kept positions, all in one array that grows with what is kept. What replaced windows leave
 * behind is cleared when the array is full.
 */
export class WindowArena {
  starts = new Int32Array(0);
  lengths = new Uint8Array(0);
  /** Relative to the kept position, ascending, 0 among them. */
  offsets = new Int8Array(0);
  activations = new Float32Array(0);
  #end = 0;

  /** Makes room for windows at slots 0 … slots − 1. */
  growTo(slots: number): void {
    const [starts, lengths] = [new Int32Array(slots), new Uint8Array(slots)];
    starts.set(this.starts);
    lengths.set(this.lengths);
    this.starts = starts;
    this.lengths = lengths;
  }

  /** Stores `length` entries of a window, at most 41, which lie at `from` and on. */
  set(slot: number, offsets: Int8Array, activations: Float32Array, length: number, from = 0): void {
    // The slot's old window must not be kept alive by the clearing.
    this.lengths[slot] = 0;
    if (this.#end + length > this.activations.length) this.#clear();
    const start = this.#end;
    for (let i = 0; i < length; i++) {
      this.offsets[start + i] = offsets[from + i] as number;
      this.activations[start + i] = activations[from + i] as number;
    }
    this.starts[slot] = start;
    this.lengths[slot] = length;
    this.#end = start + length;
  }

  /** Copies the windows in use to arrays with as much room again. */
  #clear(): void {
    let live = 0;
    for (let slot = 0; slot < this.lengths.length; slot++) live += this.lengths[slot] as number;
    const size = 2 * live + 16 * windowSize;
    const [offsets, activations] = [new Int8Array(size), new Float32Array(size)];
    let end = 0;
    for (let slot = 0; slot < this.lengths.length; slot++) {
      const length = this.lengths[slot] as number;
      if (length === 0) continue;
      const start = this.starts[slot] as number;
      // Windows are short: a loop is quicker than two views.
      for (let i = 0; i < length; i++) {
        offsets[end + i] = this.offsets[start + i] as number;
        activations[end + i] = this.activations[start + i] as number;
      }
      this.starts[slot] = end;
      end += length;
    }
    this.offsets = offsets;
    this.activations = activations;
    this.#end = end;
  }
}
