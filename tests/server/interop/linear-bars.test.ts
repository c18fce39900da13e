import { describe, expect, it } from "vitest";
import { fromBars, toBars } from "@/server/interop/linear-bars";

const none = () => new Array<number>(64).fill(0);
const sum = (values: ArrayLike<number>) => Array.from(values).reduce((all, value) => all + value, 0);

describe("half-octave counts as bars", () => {
  it("cover from 0 to the largest activation and keep all firings", () => {
    const positive = none();
    // [1, 1.414) and [4, 5.66), of which up to 5 was seen.
    positive[32] = 8;
    positive[36] = 5;
    const { values, heights } = toBars({ positive, negative: none() }, { min: 1, max: 5 });
    expect(values[0]).toBeCloseTo(0.05);
    expect(values[49]).toBeCloseTo(4.95);
    expect(sum(heights)).toBeCloseTo(13);
    expect(sum(heights.slice(0, 10))).toBeCloseTo(0);
    expect(sum(heights.slice(10, 15))).toBeCloseTo(8);
    // 5 firings over 10 bars from 4 to 5.
    expect(heights[45]).toBeCloseTo(0.5);
  });

  it("lie on both sides of 0 for a signed latent", () => {
    const negative = none();
    negative[32] = 3;
    const positive = none();
    positive[32] = 2;
    const { values, heights } = toBars({ positive, negative }, { min: -1.4, max: 1.4 });
    expect(values[0]).toBeCloseTo(-1.372);
    expect(sum(heights.slice(0, 25))).toBeCloseTo(3);
    expect(sum(heights.slice(25))).toBeCloseTo(2);
  });

  it("are none for a latent that never fired", () => {
    expect(toBars({ positive: none(), negative: none() }, { min: 0, max: 0 })).toEqual({ values: [], heights: [] });
  });
});

describe("bars as half-octave counts", () => {
  it("are spread over a bar's width and rounded to all firings", () => {
    // Bars [1, 2) and [2, 3), the second twice as high.
    const counts = fromBars({ values: [1.5, 2.5], heights: [0.1, 0.2] }, 30);
    expect(sum(counts)).toBe(30);
    // [1, 1.414): 41.4 % of 10. [1.414, 2): 58.6 %. [2, 2.83): 82.8 % of 20. [2.83, 4): the rest.
    expect([...counts.slice(32, 36)]).toEqual([4, 6, 17, 3]);
  });

  it("keep negative bars separate, and split one that spans 0", () => {
    const counts = fromBars({ values: [-2, 0, 2], heights: [2, 4, 2] }, 8);
    expect(sum(counts.slice(64))).toBe(4);
    expect(sum(counts.slice(0, 64))).toBe(4);
  });

  it("without heights count nothing", () => {
    expect(sum(fromBars({ values: [], heights: [] }, 7))).toBe(0);
  });
});
