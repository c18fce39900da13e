import { createLatentMajor, type LatentMajor, sortByLatent } from "@/server/engine/features/counts/latent-major";
import type { KeptLatents } from "@/server/engine/features/kept-latents";
import type { PositionBatch } from "@/server/engine/features/position-batch";
import type { InParts } from "@/server/engine/tensor/in-parts";
import { FoundEntries, type SparseLines } from "./sparse-lines";

/**
 * The highest activation of each latent of a module in each row where it fired at all; a row that is not listed has 0. A component that is active at
 * every position has two ends: as many latents again follow, whose activation is the negative one.
 */
export type RowMaxima = SparseLines & { readonly isSigned: boolean };

/** By module, in the order of the shapes. */
export type RowActivations = {
  readonly maxima: ReadonlyMap<string, RowMaxima>;
  /** The mean activation of each latent over the counted positions of each row, a line a latent; empty unless asked for. */
  readonly means: ReadonlyMap<string, SparseLines>;
};

export type ModuleShape = { readonly numLatents: number; readonly isSigned: boolean };

/** One forward pass's positions, with rows as places from 0 in any order. */
export type RowsInput = { readonly batch: PositionBatch; forward(): InParts<ReadonlyMap<string, KeptLatents>> };

export type RowsToRead = {
  readonly shapes: ReadonlyMap<string, ModuleShape>;
  /** A row's place by its number. */
  readonly placeOf: ReadonlyMap<number, number>;
  readonly withMeans: boolean;
};

/**
 * Reads every input once. Takes 12 bytes for each latent and row in which it fired, and as many again for means.
 *
 * @returns after each pass the rows that are through, and nothing between its parts
 * @throws RangeError naming the module whose activations do not fit
 */
export function* readRowActivations(
  { shapes, placeOf, withMeans }: RowsToRead,
  inputs: Iterable<RowsInput>,
): Generator<{ rows: number } | undefined, RowActivations> {
  const found = new Map([...shapes].map(([module, shape]) => [module, new FoundActivations(module, shape, withMeans)]));
  const sorted = createLatentMajor();
  let rows = 0;
  for (const input of inputs) {
    const kept = yield* input.forward();
    const lengths = lengthsOf(input.batch);
    for (const [module, activations] of found) {
      const ofModule = kept.get(module);
      if (ofModule === undefined) throw new RangeError(`${module}: the forward pass gave no activations`);
      activations.add(sorted, { batch: input.batch, kept: ofModule, lengths, placeOf });
    }
    rows += lengths.size;
    yield { rows };
  }
  return {
    maxima: new Map([...found].map(([module, activations]) => [module, activations.maxima()])),
    means: new Map(withMeans ? [...found].map(([module, activations]) => [module, activations.means()]) : []),
  };
}

/** Counted positions of each row. */
export function lengthsOf({ counted, rows }: PositionBatch): ReadonlyMap<number, number> {
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

/** One module's latents. */
class FoundActivations {
  readonly #module: string;
  readonly #shape: ModuleShape;
  readonly #maxima = new FoundEntries();
  readonly #means: FoundEntries | undefined;

  constructor(module: string, shape: ModuleShape, withMeans: boolean) {
    this.#module = module;
    this.#shape = shape;
    this.#means = withMeans ? new FoundEntries() : undefined;
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
        let [highest, lowest, sum] = [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY, 0];
        for (; at < end && rows[places[at] as number] === row; at++) {
          const value = values[at] as number;
          highest = Math.max(highest, value);
          lowest = Math.min(lowest, value);
          sum += value;
        }
        // Where it did not fire its activation is 0.
        const length = lengths.get(row) ?? 0;
        if (at - begin < length) [highest, lowest] = [Math.max(highest, 0), Math.min(lowest, 0)];
        if (!(Number.isFinite(highest) && Number.isFinite(lowest))) {
          throw new RangeError(`latent ${latent} of ${this.#module} has activation ${Number.isFinite(highest) ? lowest : highest}`);
        }
        const place = placeOf.get(row);
        if (place === undefined) throw new RangeError(`row ${row} is not one of the rows to read`);
        this.#maxima.push(latent, place, highest);
        if (isSigned) this.#maxima.push(numLatents + latent, place, 0 - lowest);
        this.#means?.push(latent, place, sum / length);
      }
    }
  }

  maxima(): RowMaxima {
    const { numLatents, isSigned } = this.#shape;
    return { ...this.#maxima.sorted(numLatents * (isSigned ? 2 : 1)), isSigned };
  }

  means(): SparseLines {
    return (this.#means ?? new FoundEntries()).sorted(this.#shape.numLatents);
  }
}
