import { describe, expect, it } from "vitest";
import { type MaximaInput, type RowMaxima, readRowMaxima } from "@/server/engine/concepts/row-maxima";
import { wholly } from "@/server/engine/tensor/in-parts";
import { firingsOf, numLatents, type RandomInput, randomInputs } from "../features/random-pass";

const module = "layers.0.q_proj";

function passesOf(inputs: readonly RandomInput[]): MaximaInput[] {
  return inputs.map(({ batch, kept }) => ({
    batch,
    // biome-ignore lint/correctness/useYield: a pass in one part
    *forward() {
      return new Map([[module, kept]]);
    },
  }));
}

function readAll(inputs: readonly RandomInput[], isSigned: boolean): RowMaxima | undefined {
  const placeOf = new Map(inputs.flatMap(({ batch }) => [...batch.rows]).map((row) => [row, row]));
  return wholly(readRowMaxima(new Map([[module, { numLatents, isSigned }]]), passesOf(inputs), placeOf)).get(module);
}

/** (detectors, rows): what was found, 0 where nothing is listed. */
function dense({ starts, places, values }: RowMaxima, rows: number): number[][] {
  return Array.from({ length: starts.length - 1 }, (_, detector) => {
    const scores = new Array<number>(rows).fill(0);
    for (let at = starts[detector] ?? 0; at < (starts[detector + 1] ?? 0); at++) scores[places[at] ?? 0] = values[at] ?? 0;
    return scores;
  });
}

/** Each latent's activations in each row, 0 wherever it did not fire, by a plain reckoning. */
function activationsOf(inputs: readonly RandomInput[]): number[][][] {
  const firings = firingsOf(inputs);
  return Array.from({ length: numLatents }, (_, latent) =>
    Array.from({ length: 2 * inputs.length }, (_, row) => {
      const own = firings.filter((one) => one.latent === latent && one.row === row).map(({ value }) => value);
      const length = inputs.reduce(
        (count, { batch }) => count + batch.rows.filter((other, at) => other === row && batch.counted[at] === 1).length,
        0,
      );
      return own.length < length ? [...own, 0] : own;
    }),
  );
}

describe("The highest activation of a latent in a row", () => {
  const inputs = randomInputs(6, 5);

  it("is that of a plain reckoning, 0 where it never fires or only below 0", () => {
    const found = readAll(inputs, false);
    expect(found && dense(found, 12)).toEqual(activationsOf(inputs).map((rows) => rows.map((values) => Math.max(...values))));
  });

  it("is kept for both ends of a component that is active at every position", () => {
    const found = readAll(inputs, true);
    const all = activationsOf(inputs);
    const negative = all.map((rows) => rows.map((values) => Math.max(...values.map((value) => 0 - value))));
    expect(found && dense(found, 12)).toEqual([...all.map((rows) => rows.map((values) => Math.max(...values))), ...negative]);
  });

  it("names the module and latent of an activation that is not a number", () => {
    const [first, ...rest] = randomInputs(2, 7);
    if (first === undefined) throw new Error("no inputs");
    first.kept.values[0] = Number.NaN;
    expect(() => readAll([first, ...rest], false)).toThrow(/latent \d+ of layers.0.q_proj has activation NaN/);
  });
});
