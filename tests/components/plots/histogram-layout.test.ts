import { describe, expect, it } from "vitest";
import { activationBins, activationTicks } from "@/components/plots/activation-bins";
import { binsFromEdges, brushBetween, layOutHistogram } from "@/components/plots/histogram-layout";

const bins = binsFromEdges([1, 2, 4, 8], [1, 100, 10]);
const input = { width: 358, height: 166, bins, isLogCount: true, isLogValue: true };

describe("layOutHistogram", () => {
  it("gives every bin the same width", () => {
    expect(layOutHistogram(input).bars.map(({ x, width }) => [x, width])).toEqual([
      [44, 100],
      [144, 100],
      [244, 100],
    ]);
  });

  it("draws a single count visibly and nothing for none, on a log count", () => {
    const { height } = layOutHistogram(input);
    expect(height(0)).toBe(0);
    expect(height(100)).toBe(100);
    expect(height(1)).toBeGreaterThan(5);
  });

  it("draws counts in proportion on a linear count", () => {
    const { bars } = layOutHistogram({ ...input, isLogCount: false });
    expect(bars.map(({ height }) => height)).toEqual([1, 100, 10]);
  });

  it("places a value by its logarithm inside its bin, and finds it again", () => {
    const { position, invert } = layOutHistogram(input);
    expect(position(Math.SQRT2)).toBeCloseTo(94, 9);
    expect(invert(94)).toBeCloseTo(Math.SQRT2, 9);
    expect(position(100)).toBe(344);
    expect(position(0)).toBe(44);
  });

  it("brushes in values, whichever way it is dragged", () => {
    const layout = layOutHistogram(input);
    expect(brushBetween(layout, 244, 144)).toEqual([2, 4]);
    expect(brushBetween(layout, 244, 245)).toBeNull();
  });

  it("says nothing of an empty histogram", () => {
    const empty = layOutHistogram({ ...input, bins: [] });
    expect([empty.bars, empty.xTicks, empty.yTicks, empty.invert(100)]).toEqual([[], [], [], 0]);
  });
});

describe("activationBins", () => {
  const none = () => new Array<number>(64).fill(0);
  const unknown = { maxActivation: null, minActivation: null };

  it("ends at the extremes", () => {
    const counts = none();
    counts[34] = 1;
    const ends = (extremes: Parameters<typeof activationBins>[1]) =>
      activationBins({ positive: counts, negative: counts }, extremes).map(({ from, to }) => [from, to]);
    expect(ends({ maxActivation: 2.25, minActivation: -2.5 })).toEqual([
      [-2.5, -2],
      [2, 2.25],
    ]);
  });

  it("keeps the occupied stretch alone", () => {
    const positive = none();
    positive[32] = 7;
    positive[34] = 3;
    const found = activationBins({ positive, negative: none() }, unknown);
    expect(found.map(({ count }) => count)).toEqual([7, 0, 3]);
    expect(found[0]?.from).toBe(1);
    expect(found[2]?.to).toBeCloseTo(2 ** 1.5, 12);
  });

  it("puts negative activations at the left, the largest outermost, down to one smallest magnitude", () => {
    const positive = none();
    const negative = none();
    positive[34] = 5;
    negative[33] = 2;
    const found = activationBins({ positive, negative }, unknown);
    expect(found.map(({ count }) => count)).toEqual([2, 0, 5]);
    expect(found.map(({ from }) => Math.sign(from))).toEqual([-1, 1, 1]);
    expect(found.every(({ from, to }) => from < to)).toBe(true);
  });

  it("has no bins for a dead latent", () => {
    expect(activationBins({ positive: none(), negative: none() }, unknown)).toEqual([]);
  });

  it("labels whole powers of two with their sign", () => {
    const positive = none();
    const negative = none();
    positive[26] = 1;
    negative[35] = 1;
    const labels = activationTicks(activationBins({ positive, negative }, unknown), 12).map(({ label }) => label);
    expect(labels).toEqual(["−4", "−2", "−1", "−0.5", "−2⁻²", "±2⁻³"]);
  });
});
