/** How far the window of an example reaches: positions before and after the firing one. */
export type ExampleWindow = { readonly before: number; readonly after: number };

/** Of a text. */
export const textWindow: ExampleWindow = { before: 24, after: 16 };

/** Offsets of a window are 16 bits. */
const mostReach = 2 ** 15 - 1;

/** All of an input, wherever it fires. @throws RangeError for more positions than a window can hold */
export function wholeWindow(positions: number): ExampleWindow {
  const reach = Math.max(0, positions - 1);
  if (reach > mostReach) throw new RangeError(`inputs of ${positions} positions are too long: a window holds ${mostReach + 1}`);
  return { before: reach, after: reach };
}

/** The positions of a window in an input of so many: `from` inclusive, `to` exclusive. */
export function windowAround(position: number, length: number, { before, after }: ExampleWindow): { from: number; to: number } {
  return { from: Math.max(0, position - before), to: Math.min(length, position + after + 1) };
}

/** Entries of a window that room is made for, at least. */
const fewestEntries = 41;

/**
 * A latent's activations around each of many kept positions, all in one array that grows with what is kept. What replaced windows leave
 * behind is cleared when the array is full.
 */
export class WindowArena {
  starts = new Int32Array(0);
  lengths = new Uint16Array(0);
  /** Relative to the kept position, ascending, 0 among them. */
  offsets = new Int16Array(0);
  activations = new Float32Array(0);
  #end = 0;

  /** Makes room for windows at slots 0 … slots − 1. */
  growTo(slots: number): void {
    const [starts, lengths] = [new Int32Array(slots), new Uint16Array(slots)];
    starts.set(this.starts);
    lengths.set(this.lengths);
    this.starts = starts;
    this.lengths = lengths;
  }

  /** Stores `length` entries of a window, which lie at `from` and on. */
  set(slot: number, offsets: Int16Array, activations: Float32Array, length: number, from = 0): void {
    // The slot's old window must not be kept alive by the clearing.
    this.lengths[slot] = 0;
    if (this.#end + length > this.activations.length) this.#clear(length);
    const start = this.#end;
    for (let i = 0; i < length; i++) {
      this.offsets[start + i] = offsets[from + i] as number;
      this.activations[start + i] = activations[from + i] as number;
    }
    this.starts[slot] = start;
    this.lengths[slot] = length;
    this.#end = start + length;
  }

  /** Copies the windows in use to arrays with as much room again, at least for some more of `length`. */
  #clear(length: number): void {
    let live = 0;
    for (let slot = 0; slot < this.lengths.length; slot++) live += this.lengths[slot] as number;
    const size = 2 * live + 16 * Math.max(length, fewestEntries);
    const [offsets, activations] = [new Int16Array(size), new Float32Array(size)];
    let end = 0;
    for (let slot = 0; slot < this.lengths.length; slot++) {
      const own = this.lengths[slot] as number;
      if (own === 0) continue;
      const start = this.starts[slot] as number;
      // Windows are short: a loop is quicker than two views.
      for (let i = 0; i < own; i++) {
        offsets[end + i] = this.offsets[start + i] as number;
        activations[end + i] = this.activations[start + i] as number;
      }
      this.starts[slot] = end;
      end += own;
    }
    this.offsets = offsets;
    this.activations = activations;
    this.#end = end;
  }
}
