import { expect, test } from "vitest";
import { dequantiseNf4, nf4Levels, quantiseNf4 } from "@/lib/numbers/blocks/nf4";
import { seededRandom } from "@/tests/support/seeded-random";

function kept(values: Float32Array): Float32Array {
  const back = new Float32Array(values.length);
  dequantiseNf4(quantiseNf4(values), back);
  return back;
}

test("the levels of a block's largest absolute value come back as they are, whatever their order", () => {
  const values = Float32Array.from({ length: 64 }, (_, i) => 4 * (nf4Levels[(7 * i) % 16] as number));
  expect(kept(values)).toEqual(values);
});

test("each value becomes the level nearest to its share of the block's largest absolute value", () => {
  const random = seededRandom(3);
  const values = Float32Array.from({ length: 640 }, () => random() + random() - 1);
  const got = kept(values);
  values.forEach((value, i) => {
    const block = values.subarray(64 * Math.floor(i / 64), 64 * Math.floor(i / 64) + 64);
    const largest = block.reduce((most, other) => Math.max(most, Math.abs(other)), 0);
    const nearest = nf4Levels.reduce((best, level) =>
      Math.abs(value - level * largest) < Math.abs(value - best * largest) ? level : best,
    );
    expect(got[i]).toBe(Math.fround(Math.fround(largest) * Math.fround(nearest)));
  });
});

test("a block of zeros stays zero", () => {
  expect(kept(new Float32Array(64)).every((value) => value === 0)).toBe(true);
});
