import type { KeptPositions } from "./kept-positions";

/** What a safetensors file of ours holds; counts below 2³¹ and bits are written as int32. */
export type StoredArray = Int32Array | Float32Array | Float64Array;

/** Where arrays are read by name. @throws RangeError from each, naming an array that is missing or of another type or length */
export type ArraySource = {
  ints(field: string, length?: number): Int32Array;
  floats(field: string, length?: number): Float32Array;
  floats64(field: string, length?: number): Float64Array;
};

/** Unsigned numbers are viewed as signed ones. */
export function storedView(values: StoredArray | Uint32Array): StoredArray {
  return values instanceof Uint32Array ? new Int32Array(values.buffer, values.byteOffset, values.length) : values;
}

/** Kept firings, in the order of the slots; their windows, one after another, by 16 bits of length and offset, two to an int32. */
export function* packExamples(
  name: string,
  kept: KeptPositions,
  slotLists: readonly Int32Array[],
): Generator<[field: string, values: StoredArray]> {
  const slots = new Int32Array(slotLists.reduce((sum, { length }) => sum + length, 0));
  let end = 0;
  for (const list of slotLists) {
    slots.set(list, end);
    end += list.length;
  }
  const { starts, lengths, offsets, activations } = kept.windows;
  const entries = slots.reduce((sum, slot) => sum + (lengths[slot] ?? 0), 0);
  const windowLengths = new Uint16Array(evenly(slots.length));
  const windowOffsets = new Int16Array(evenly(entries));
  const windowActivations = new Float32Array(entries);
  let at = 0;
  slots.forEach((slot, place) => {
    const length = lengths[slot] as number;
    windowLengths[place] = length;
    const start = starts[slot] as number;
    for (let entry = start; entry < start + length; entry++, at++) {
      windowOffsets[at] = offsets[entry] as number;
      windowActivations[at] = activations[entry] as number;
    }
  });
  yield [`${name}Values`, Float32Array.from(slots, (slot) => kept.values[slot] as number)];
  yield [`${name}Rows`, slots.map((slot) => kept.rows[slot] as number)];
  yield [`${name}Positions`, slots.map((slot) => kept.positions[slot] as number)];
  yield [`${name}WindowLengths`, new Int32Array(windowLengths.buffer)];
  yield [`${name}WindowOffsets`, new Int32Array(windowOffsets.buffer)];
  yield [`${name}WindowActivations`, windowActivations];
}

/** A firing that was read back; `setWindow` gives its window to the slot that took it. */
export type PackedExample = { value: number; row: number; position: number; setWindow(kept: KeptPositions, slot: number): void };

/**
 * Reads what `packExamples` wrote.
 *
 * @returns a function that gives the next so many
 * @throws RangeError when the arrays do not fit one another; from the function, when there are not so many left
 */
export function unpackExamples(name: string, source: ArraySource): (count: number) => Generator<PackedExample> {
  const values = source.floats(`${name}Values`);
  const rows = source.ints(`${name}Rows`, values.length);
  const positions = source.ints(`${name}Positions`, values.length);
  const windowActivations = source.floats(`${name}WindowActivations`);
  const windowLengths = new Uint16Array(source.ints(`${name}WindowLengths`, evenly(values.length) / 2).slice().buffer);
  const windowOffsets = new Int16Array(source.ints(`${name}WindowOffsets`, evenly(windowActivations.length) / 2).slice().buffer);
  let place = 0;
  let entry = 0;
  return function* next(count) {
    if (place + count > values.length) throw new RangeError(`statistics: ${name}Values ends before ${count} more`);
    for (const end = place + count; place < end; place++) {
      const [from, length] = [entry, windowLengths[place] as number];
      entry += length;
      const setWindow = (kept: KeptPositions, slot: number) => kept.windows.set(slot, windowOffsets, windowActivations, length, from);
      yield { value: values[place] as number, row: rows[place] as number, position: positions[place] as number, setWindow };
    }
  };
}

function evenly(count: number): number {
  return 2 * Math.ceil(count / 2);
}
