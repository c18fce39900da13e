import { describe, expect, it } from "vitest";
import { binsOfRange, rangeOfBins } from "@/components/plots/column-range";
import { binsFromEdges } from "@/components/plots/histogram-layout";

const bins = binsFromEdges([0, 1, 2, 3, 5], [2, 3, 5, 7]);

describe("the range filter of a column", () => {
  it("leaves an end open where it reaches the outermost bin", () => {
    expect(rangeOfBins(bins, 2, 1)).toEqual({ min: 1, max: 3 });
    expect(rangeOfBins(bins, 0, 1)).toEqual({ min: null, max: 2 });
    expect(rangeOfBins(bins, 0, 3)).toEqual({ min: null, max: null });
  });

  it("finds its bins again", () => {
    expect(binsOfRange(bins, { min: 1, max: 3 })).toEqual({ first: 1, last: 2 });
    expect(binsOfRange(bins, { min: null, max: 2 })).toEqual({ first: 0, last: 1 });
    expect(binsOfRange(bins, { min: null, max: null })).toBeNull();
  });

  it("is short in an address, and finds its bins again all the same", () => {
    const fine = binsFromEdges([0, 1 / 3, 2 / 3, 1], [2, 3, 5]);
    expect(rangeOfBins(fine, 1, 1)).toEqual({ min: 0.333333, max: 0.666667 });
    expect(binsOfRange(fine, rangeOfBins(fine, 1, 1))).toEqual({ first: 1, last: 1 });
  });

  it("keeps a range from elsewhere that lies beyond the bins at the nearest one", () => {
    expect(binsOfRange(bins, { min: 9, max: null })).toEqual({ first: 3, last: 3 });
    expect(binsOfRange(bins, { min: null, max: -1 })).toEqual({ first: 0, last: 0 });
  });
});
