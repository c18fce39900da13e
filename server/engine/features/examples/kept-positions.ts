import { WindowArena } from "./window-arena";

/** One kept firing of a latent. */
export type KeptExample = {
  value: number;
  /** Row of the corpus. */
  row: number;
  /** Position in the row. */
  position: number;
  /** Where in the window the latent fires, relative to the position, ascending, 0 among them; and its activations there. */
  offsets: Int16Array;
  activations: Float32Array;
};

/** Slots that each hold a firing: activation, row, position, and the latent's activations in the window around it. */
export class KeptPositions {
  values = new Float32Array(0);
  rows = new Int32Array(0);
  positions = new Int32Array(0);
  readonly windows = new WindowArena();

  growTo(slots: number): void {
    const [values, rows, positions] = [new Float32Array(slots), new Int32Array(slots), new Int32Array(slots)];
    values.set(this.values);
    rows.set(this.rows);
    positions.set(this.positions);
    this.values = values;
    this.rows = rows;
    this.positions = positions;
    this.windows.growTo(slots);
  }

  write(slot: number, value: number, row: number, position: number): void {
    this.values[slot] = value;
    this.rows[slot] = row;
    this.positions[slot] = position;
  }

  read(slot: number): KeptExample {
    const start = this.windows.starts[slot] ?? 0;
    const end = start + (this.windows.lengths[slot] ?? 0);
    return {
      value: this.values[slot] ?? 0,
      row: this.rows[slot] ?? 0,
      position: this.positions[slot] ?? 0,
      offsets: this.windows.offsets.slice(start, end),
      activations: this.windows.activations.slice(start, end),
    };
  }

  /** Copies another's window; the two slots hold the same position. */
  copyWindow(slot: number, from: KeptPositions, fromSlot: number): void {
    const { starts, lengths, offsets, activations } = from.windows;
    this.windows.set(slot, offsets, activations, lengths[fromSlot] ?? 0, starts[fromSlot] ?? 0);
  }
}
