import { createLatentMajor, type LatentMajor, sortByLatent } from "@/server/engine/features/counts/latent-major";
import type { KeptLatents } from "@/server/engine/features/kept-latents";
import type { PositionBatch } from "@/server/engine/features/position-batch";
import type { InParts } from "@/server/engine/tensor/in-parts";

/**
 * The highest activation of each latent of a module in each row where it fired at all; a row that is not listed has 0. A component that is active at
 * every position has two ends: as many latents again follow, whose activation is the negative one.
 */
export type RowMaxima = {
  /** (detectors + 1): those of detector j are at starts[j] … starts[j + 1] − 1, in ascending order of their rows' places. */
  readonly starts: Int32Array;
  /** Places of rows in the pass, from 0. */
  readonly places: Int32Array;
  readonly values: Float32Array;
  readonly isSigned: boolean;
};

export type ModuleShape = { readonly numLatents: number; readonly isSigned: boolean };

/** One forward pass's positions, with rows as places from 0 in any order. */
export type MaximaInput = { readonly batch: PositionBatch; forward(): InParts<ReadonlyMap<string, KeptLatents>> };

/**
 * Reads every input once. Takes 12 bytes for each latent and row in which it fired.
 *
 * @param placeOf a row's place by its number
 * @returns after each pass the rows that are through, and nothing between its parts
 * @throws RangeError naming the module whose activations do not fit
 */
export function* readRowMaxima(
  shapes: ReadonlyMap<string, ModuleShape>,
  inputs: Iterable<MaximaInput>,
  placeOf: ReadonlyMap<number, number>,
): Generator<{ rows: number } | undefined, ReadonlyMap<string, RowMaxima>> {
  const found = new Map([...shapes].map(([module, shape]) => [module, new FoundMaxima(module, shape)]));
  const sorted = createLatentMajor();
  let rows = 0;
  for (const input of inputs) {
    const kept = yield* input.forward();
    const lengths = lengthsOf(input.batch);
    for (const [module, maxima] of found) {
      const ofModule = kept.get(module);
      if (ofModule === undefined) throw new RangeError(`${module}: the forward pass gave no activations`);
      maxima.add(sorted, { batch: input.batch, kept: ofModule, lengths, placeOf });
    }
    rows += lengths.size;
    yield { rows };
  }
  return new Map([...found].map(([module, maxima]) => [module, maxima.sorted()]));
}

/** Counted positions of each row. */
function lengthsOf({ counted, rows }: PositionBatch): ReadonlyMap<number, number> {
  const lengths = new Map<number, number>();
  rows.forEach((row, at) => {
    if (counted[at] !== 0) lengths.set(row, (lengths.get(row) ?? 0) + 1);
  });
  return lengths;
}

type FoundBatch = {
  readonly batch: PositionBatch;
  readonly kept: KeptLatents;
  readonly lengths: ReadonlyMap<number, number>;
  readonly placeOf: ReadonlyMap<number, number>;
};

/** Maxima of one module in the order in which they are found. */
class FoundMaxima {
  readonly #module: string;
  readonly #shape: ModuleShape;
  #count = 0;
  #detectors = new Int32Array(1024);
  #places = new Int32Array(1024);
  #values = new Float32Array(1024);

  constructor(module: string, shape: ModuleShape) {
    this.#module = module;
    this.#shape = shape;
  }

  add(sorted: LatentMajor, { batch: { counted, rows }, kept, lengths, placeOf }: FoundBatch): void {
    const { numLatents, isSigned } = this.#shape;
    sortByLatent(sorted, kept, kept.indices.length / counted.length, counted, numLatents);
    const { starts, places, values } = sorted;
    for (let latent = 0; latent < numLatents; latent++) {
      const end = starts[latent + 1] as number;
      for (let at = starts[latent] as number; at < end; ) {
        const begin = at;
        const row = rows[places[at] as number] as number;
        let [highest, lowest] = [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY];
        for (; at < end && rows[places[at] as number] === row; at++) {
          const value = values[at] as number;
          highest = Math.max(highest, value);
          lowest = Math.min(lowest, value);
        }
        // Where it did not fire its activation is 0.
        if (at - begin < (lengths.get(row) ?? 0)) [highest, lowest] = [Math.max(highest, 0), Math.min(lowest, 0)];
        const place = placeOf.get(row);
        if (place === undefined) throw new RangeError(`row ${row} is not one of the rows to read`);
        this.#push(latent, place, highest);
        if (isSigned) this.#push(numLatents + latent, place, 0 - lowest);
      }
    }
  }

  #push(detector: number, place: number, value: number): void {
    if (!Number.isFinite(value)) {
      throw new RangeError(`latent ${detector % this.#shape.numLatents} of ${this.#module} has activation ${value}`);
    }
    if (this.#count === this.#values.length) this.#grow();
    this.#detectors[this.#count] = detector;
    this.#places[this.#count] = place;
    this.#values[this.#count] = value;
    this.#count++;
  }

  #grow(): void {
    const length = Math.ceil(1.5 * this.#count);
    const [detectors, places, values] = [new Int32Array(length), new Int32Array(length), new Float32Array(length)];
    detectors.set(this.#detectors);
    places.set(this.#places);
    values.set(this.#values);
    [this.#detectors, this.#places, this.#values] = [detectors, places, values];
  }

  /** By detector, in the order in which each was found, by counting. */
  sorted(): RowMaxima {
    const { numLatents, isSigned } = this.#shape;
    const starts = new Int32Array(numLatents * (isSigned ? 2 : 1) + 1);
    for (let at = 0; at < this.#count; at++) {
      const next = (this.#detectors[at] as number) + 1;
      starts[next] = (starts[next] as number) + 1;
    }
    for (let detector = 1; detector < starts.length; detector++) {
      starts[detector] = (starts[detector] as number) + (starts[detector - 1] as number);
    }
    const ends = starts.slice();
    const [places, values] = [new Int32Array(this.#count), new Float32Array(this.#count)];
    for (let at = 0; at < this.#count; at++) {
      const detector = this.#detectors[at] as number;
      const slot = ends[detector] as number;
      ends[detector] = slot + 1;
      places[slot] = this.#places[at] as number;
      values[slot] = this.#values[at] as number;
    }
    return { starts, places, values, isSigned };
  }
}
