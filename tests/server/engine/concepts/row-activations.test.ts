import { describe, expect, it } from "vitest";
import { type RowsInput, readRowActivations } from "@/server/engine/concepts/row-activations";
import type { SparseLines } from "@/server/engine/concepts/sparse-lines";
import { wholly } from "@/server/engine/tensor/in-parts";
import { firingsOf, numLatents, type RandomInput, randomInputs } from "../features/random-pass";

const module = "layers.0.q_proj";

function passesOf(inputs: readonly RandomInput[]): RowsInput[] {
  return inputs.map(({ batch, kept }) => ({
    batch,
    // biome-ignore lint/correctness/useYield: a pass in one part
    *forward() {
      return new Map([[module, kept]]);
    },
  }));
}

function readAll(inputs: readonly RandomInput[], isSigned: boolean, withMeans = false) {
  const placeOf = new Map(inputs.flatMap(({ batch }) => [...batch.rows]).map((row) => [row, row]));
  const shapes = new Map([[module, { numLatents, isSigned }]]);
  const { maxima, means } = wholly(readRowActivations({ shapes, placeOf, withMeans }, passesOf(inputs)));
  return { maxima: maxima.get(module), means: means.get(module) };
}

/** (detectors, rows): what was found, 0 where nothing is listed. */
function dense({ starts, places, values }: SparseLines, rows: number): number[][] {
  return Array.from({ length: starts.length - 1 }, (_, detector) => {
    const scores = new Array<number>(rows).fill(0);
    for (let at = starts[detector] ?? 0; at < (starts[detector + 1] ?? 0); at++) scores[places[at] ?? 0] = values[at] ?? 0;
    return scores;
  });
}

/** Counted positions of each row. */
function lengthsOf(inputs: readonly RandomInput[]): number[] {
  return Array.from({ length: 2 * inputs.length }, (_, row) =>
    inputs.reduce((count, { batch }) => count + batch.rows.filter((other, at) => other === row && batch.counted[at] === 1).length, 0),
  );
}

/** Each latent's activations in each row, 0 wherever it did not fire, by a plain reckoning. */
function activationsOf(inputs: readonly RandomInput[]): number[][][] {
  const firings = firingsOf(inputs);
  const lengths = lengthsOf(inputs);
  return Array.from({ length: numLatents }, (_, latent) =>
    Array.from({ length: 2 * inputs.length }, (_, row) => {
      const own = firings.filter((one) => one.latent === latent && one.row === row).map(({ value }) => value);
      return own.length < (lengths[row] ?? 0) ? [...own, 0] : own;
    }),
  );
}

describe("The highest activation of a latent in a row", () => {
  const inputs = randomInputs(6, 5);

  it("is that of a plain reckoning, 0 where it never fires or only below 0", () => {
    const { maxima: found, means } = readAll(inputs, false);
    expect(found && dense(found, 12)).toEqual(activationsOf(inputs).map((rows) => rows.map((values) => Math.max(...values))));
    expect(means).toBeUndefined();
  });

  it("is kept for both ends of a component that is active at every position", () => {
    const { maxima: found } = readAll(inputs, true);
    const all = activationsOf(inputs);
    const negative = all.map((rows) => rows.map((values) => Math.max(...values.map((value) => 0 - value))));
    expect(found && dense(found, 12)).toEqual([...all.map((rows) => rows.map((values) => Math.max(...values))), ...negative]);
  });

  it("comes with the mean over the row's counted positions where that is asked for", () => {
    const { means } = readAll(inputs, true, true);
    const found = means && dense(means, 12);
    expect(found?.length).toBe(numLatents);
    const lengths = lengthsOf(inputs);
    for (const [latent, rows] of activationsOf(inputs).entries()) {
      for (const [row, values] of rows.entries()) {
        const sum = values.reduce((total, value) => total + value, 0);
        expect(found?.[latent]?.[row]).toBeCloseTo(sum / (lengths[row] ?? 0), 6);
      }
    }
  });

  it("names the module and latent of an activation that is not a number", () => {
    const [first, ...rest] = randomInputs(2, 7);
    if (first === undefined) throw new Error("no inputs");
    first.kept.values[0] = Number.NaN;
    expect(() => readAll([first, ...rest], false)).toThrow(/latent \d+ of layers.0.q_proj has activation NaN/);
  });
});
