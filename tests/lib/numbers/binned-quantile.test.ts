import { describe, expect, it } from "vitest";
import { binnedQuantile } from "@/lib/numbers/binned-quantile";

describe("binnedQuantile", () => {
  it("finds the bin that holds a share of the counts, and how far into it the share ends", () => {
    const counts = Uint32Array.of(0, 4, 0, 6, 0);
    expect(binnedQuantile(counts, 0)).toEqual({ bin: 1, part: 0 });
    expect(binnedQuantile(counts, 0.1)).toEqual({ bin: 1, part: 0.25 });
    // At the end of a bin, not at the beginning of the next.
    expect(binnedQuantile(counts, 0.4)).toEqual({ bin: 1, part: 1 });
    expect(binnedQuantile(counts, 0.7)).toEqual({ bin: 3, part: 0.5 });
    expect(binnedQuantile(counts, 1)).toEqual({ bin: 3, part: 1 });
  });

  it("is null where nothing was counted", () => {
    expect(binnedQuantile([0, 0], 0.5)).toBeNull();
    expect(binnedQuantile([], 0.5)).toBeNull();
  });
});
