import { expect, test } from "vitest";
import { fromValues, readFloats, readInts } from "@/server/engine/tensor/create";
import { tidy } from "@/server/engine/tensor/scope";
import { encodeRows, gatherInRows, rowDots, sparseTimes, sparseTransposeTimes, topK } from "@/server/engine/tensor/sparse";
import { describeEachEngine, randomTensor, randomValues, valuesOf, worstDifference } from "./engines";
import * as reference from "./reference";

const CLOSE = 2e-6;

function kept(z: Float32Array, width: number, k: number): { indices: number[]; values: number[] } {
  return tidy(() => {
    const { indices, values } = topK(fromValues(z, [z.length / width, width]), k);
    return { indices: Array.from(readInts(indices)), values: Array.from(readFloats(values)) };
  });
}

describeEachEngine("topK", () => {
  test.each([
    [7, 3],
    [7, 7],
    [64, 1],
    [256, 16],
    [509, 32],
    [512, 32],
    [4096, 32],
  ])("keeps the largest of %i latents, k %i, in order of latents", (width, k) => {
    const z = randomValues(11 * width, width + k);
    expect(kept(z, width, k)).toEqual(reference.topK(z, width, k));
  });

  test("of equal entries keeps the lower latent", () => {
    expect(kept(Float32Array.of(1, 2, 2, 2, 0), 5, 2)).toEqual({ indices: [1, 2], values: [2, 2] });
    const coarse = randomValues(5 * 512, 3).map((value) => Math.round(value * 2));
    expect(kept(coarse, 512, 32)).toEqual(reference.topK(coarse, 512, 32));
    expect(kept(new Float32Array(3 * 256), 256, 16)).toEqual(reference.topK(new Float32Array(3 * 256), 256, 16));
  });

  test("keeps negative entries where no larger ones are", () => {
    expect(kept(Float32Array.of(-3, -1, -2, -7), 4, 2)).toEqual({ indices: [1, 2], values: [-1, -2] });
  });

  test.each([
    ["one NaN", (z: Float32Array) => z.fill(Number.NaN, 0, 1)],
    ["half of a row NaN", (z: Float32Array) => z.fill(Number.NaN, 100, 400)],
    ["only NaN", (z: Float32Array) => z.fill(Number.NaN)],
    ["minus infinity", (z: Float32Array) => z.fill(Number.NEGATIVE_INFINITY)],
  ])("a row with %s still gives distinct latents in range", (_, spoil) => {
    const { indices } = kept(spoil(randomValues(512, 5)), 512, 32);
    expect(new Set(indices).size).toBe(32);
    expect(Math.min(...indices)).toBeGreaterThanOrEqual(0);
    expect(Math.max(...indices)).toBeLessThan(512);
  });

  test("refuses a k outside 1…numLatents", () => {
    tidy(() => {
      const z = randomTensor([2, 5], 1);
      expect(() => topK(z, 6)).toThrow("topK: k 6 is not in 1…5");
      expect(() => topK(z, 0)).toThrow(RangeError);
    });
  });
});

describeEachEngine("gatherInRows", () => {
  test("gives each row's own entries", () => {
    const z = () => fromValues(Float32Array.of(1, 2, 3, 4, 5, 6), [2, 3]);
    expect(valuesOf(() => gatherInRows(z(), fromValues(Int32Array.of(2, 0, 1, 1), [2, 2])))).toEqual([3, 1, 5, 5]);
  });
});

describeEachEngine("sparse products", () => {
  const [tokens, numLatents, k, d] = [5, 13, 3, 7];
  const { indices, values } = reference.topK(randomValues(tokens * numLatents, 41), numLatents, k);
  const rows = () =>
    encodeRows(fromValues(Int32Array.from(indices), [tokens, k]), fromValues(Float32Array.from(values), [tokens, k]), numLatents);
  const written = reference.dense(indices, values, k, numLatents);

  test("sparseTimes is the dense product of the written-out rows", () => {
    const decoder = randomValues(numLatents * d, 42);
    const want = reference.product(written, decoder, tokens, numLatents, d);
    expect(
      worstDifference(
        valuesOf(() => sparseTimes(rows(), fromValues(decoder, [numLatents, d]))),
        want,
      ),
    ).toBeLessThan(CLOSE);
  });

  test("sparseTransposeTimes is that of their transpose, the first time and again", () => {
    const dy = randomValues(tokens * d, 43);
    const want = reference.product(reference.transpose(written, tokens, numLatents), dy, numLatents, tokens, d);
    tidy(() => {
      const sparse = rows();
      const inScope = tidy(() => Array.from(readFloats(sparseTransposeTimes(sparse, fromValues(dy, [tokens, d])))));
      const again = readFloats(sparseTransposeTimes(sparse, fromValues(dy, [tokens, d])));
      expect(worstDifference(inScope, want)).toBeLessThan(CLOSE);
      expect(worstDifference(again, want)).toBeLessThan(CLOSE);
    });
  });

  test("rowDots multiplies each token's gradient with its kept rows", () => {
    const decoder = randomValues(numLatents * d, 44);
    const g = randomValues(tokens * d, 45);
    const want = indices.map((latent, place) => {
      const token = Math.floor(place / k);
      return Array.from({ length: d }, (_, i) => (decoder[latent * d + i] ?? 0) * (g[token * d + i] ?? 0)).reduce((a, b) => a + b, 0);
    });
    const got = valuesOf(() =>
      rowDots(fromValues(decoder, [numLatents, d]), fromValues(Int32Array.from(indices), [tokens, k]), fromValues(g, [tokens, d])),
    );
    expect(worstDifference(got, want)).toBeLessThan(CLOSE);
  });

  test("shapes that do not fit are refused", () => {
    tidy(() => {
      expect(() => sparseTimes(rows(), randomTensor([d, numLatents], 1))).toThrow(RangeError);
      expect(() => sparseTransposeTimes(rows(), randomTensor([numLatents, d], 1))).toThrow(RangeError);
      expect(() => encodeRows(fromValues(Int32Array.of(1, 2), [1, 2]), randomTensor([1, 3], 1), 5)).toThrow(RangeError);
    });
  });
});
