import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import type { DebertaConfig } from "@/lib/contract/architectures/encoder-config";
import { parseEncoderConfig } from "@/lib/contract/architectures/parse-model-config";
import { relativeRow, shift, shiftBackward } from "@/server/engine/models/encoders/relative-positions";
import { fromValues, readFloats } from "@/server/engine/tensor/create";
import { pad } from "@/server/engine/tensor/layout";
import { tidy } from "@/server/engine/tensor/scope";
import { describeEachEngine, randomTensor } from "@/tests/server/engine/tensor/engines";
import { toyEncoderConfigs } from "@/tests/server/engine/toy-encoder";

function deberta(more: Record<string, unknown>): DebertaConfig {
  const config = parseEncoderConfig({ ...toyEncoderConfigs["deberta-v2"], ...more });
  if (config.family !== "deberta-v2") throw new Error("not of the DeBERTa family");
  return config;
}

test("distances fall into the buckets that transformers gives them, to the last", () => {
  type Case = { buckets: number; maxDistance: number; rows: number[] };
  const cases = JSON.parse(readFileSync("tests/golden/encoders/relative-rows.json", "utf8")) as Case[];
  for (const { buckets, maxDistance, rows } of cases) {
    const config = deberta({ position_buckets: buckets, max_relative_positions: maxDistance });
    const got = rows.map((_, distance) => relativeRow(distance, config));
    expect(got, `${buckets} of ${maxDistance}`).toEqual(rows);
    // Backwards they are mirrored about the middle row, where they are not cut off at the end.
    rows.forEach((row, distance) => {
      if (row < 2 * buckets - 1) expect(relativeRow(-distance, config)).toBe(2 * buckets - row);
    });
  }
});

test("without buckets distances are cut off at the table's ends", () => {
  const config = deberta({ position_buckets: -1, max_relative_positions: 3 });
  expect([-9, -3, -2, 0, 2, 3, 9].map((distance) => relativeRow(distance, config))).toEqual([0, 0, 1, 3, 5, 5, 5]);
});

describeEachEngine("the shift from distances to tokens", () => {
  test("takes row t from column T − 1 − t on", () => {
    // Column c of row t holds 10 t + c.
    const x = Float32Array.from({ length: 3 * 5 }, (_, at) => 10 * Math.floor(at / 5) + (at % 5));
    tidy(() => {
      expect(Array.from(readFloats(shift(fromValues(x, [1, 1, 3, 5]))))).toEqual([2, 3, 4, 11, 12, 13, 20, 21, 22]);
      expect(shift(randomTensor([2, 3, 1, 1], 1)).shape).toEqual([2, 3, 1, 1]);
    });
  });

  test.each([1, 2, 3, 7])("goes back as its transpose does, with %i tokens", (tokens) => {
    tidy(() => {
      const x = randomTensor([2, 3, tokens, 2 * tokens - 1], 2);
      const dy = randomTensor([2, 3, tokens, tokens], 3);
      const dot = (a: Float32Array, b: Float32Array) => a.reduce((sum, value, at) => sum + value * (b[at] ?? Number.NaN), 0);
      const there = dot(readFloats(shift(x)), readFloats(dy));
      const back = dot(readFloats(x), readFloats(shiftBackward(dy)));
      expect(back).toBeCloseTo(there, 4);
      expect(shiftBackward(dy).shape).toEqual(x.shape);
    });
  });

  test("pad puts zeros around on each axis", () => {
    tidy(() => {
      const x = fromValues(Float32Array.of(1, 2, 3, 4), [2, 2]);
      const padded = pad(x, [
        [0, 1],
        [2, 1],
      ]);
      expect(padded.shape).toEqual([3, 5]);
      expect(Array.from(readFloats(padded))).toEqual([0, 0, 1, 2, 0, 0, 0, 3, 4, 0, 0, 0, 0, 0, 0]);
      expect(() => pad(x, [[1, 1]])).toThrow("pad: 1 pairs do not fit the axes of [2,2]");
    });
  });
});
