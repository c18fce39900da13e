import { expect, it } from "vitest";
import { signedQuantile } from "@/components/latent/signed-quantile";
import { activationBins } from "@/components/plots/activation-bins";

/** Two activations in −2…−√2 · 2, none in −1…−√2, four in 1…√2, two in 2…√2 · 2. */
const counts = { positive: new Array<number>(64).fill(0), negative: new Array<number>(64).fill(0) };
counts.negative[34] = 2;
counts.positive[32] = 4;
counts.positive[34] = 2;
const bins = activationBins(counts, { maxActivation: 2.8, minActivation: -2.8 });

it("goes from the lowest negative activation to the highest, inside a bin evenly on the log scale", () => {
  expect(signedQuantile(bins, 0)).toBeCloseTo(-2.8, 9);
  expect(signedQuantile(bins, 0.125)).toBeCloseTo(-Math.sqrt(2.8 * 2), 9);
  expect(signedQuantile(bins, 0.25)).toBeCloseTo(-2, 9);
  expect(signedQuantile(bins, 0.5)).toBeCloseTo(2 ** 0.25, 9);
  expect(signedQuantile(bins, 1)).toBeCloseTo(2.8, 9);
});

it("is none where nothing was counted", () => {
  expect(signedQuantile([], 0.5)).toBeNull();
});
