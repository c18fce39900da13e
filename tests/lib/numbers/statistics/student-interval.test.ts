import { describe, expect, it } from "vitest";
import { meanOf } from "@/lib/numbers/intervals";
import { Random } from "@/lib/numbers/random";
import { spreadEstimate, studentInterval, studentPValue } from "@/lib/numbers/statistics/student-interval";
import { meanInterval } from "@/lib/numbers/statistics/student-t";
import { goldenStatistics, largestError } from "@/tests/support/golden-statistics";

const cases = goldenStatistics<{ rows: number[][]; distribution: number[]; student: [number, number] }[]>("bootstrap");

describe("studentInterval", () => {
  it("has scipy's standard error, skewness and t of the same resamples", () => {
    expect(cases.length).toBe(6);
    for (const { rows, distribution, student } of cases) {
      const ends = studentInterval(spreadEstimate(3, distribution, rows[0]?.length ?? 0), 0.95);
      expect(largestError([0, 1].map((end) => [(ends[end] as number) - 3, student[end] as number]))).toBeLessThan(1e-12);
    }
  });

  it("moves the end on the side of the skew out, and never the other in", () => {
    const [low, high] = studentInterval({ estimate: 2, error: 0.5, skewness: 0.6, examples: 31 }, 0.95);
    // t of 30 degrees is 2.042272; 0.1 · (1 + 2 t²) is 0.934175.
    expect(low).toBeCloseTo(2 - 0.5 * 2.042272, 6);
    expect(high).toBeCloseTo(2 + 0.5 * (2.042272 + 0.934175), 6);
    const mirrored = studentInterval({ estimate: -2, error: 0.5, skewness: -0.6, examples: 31 }, 0.95);
    expect(mirrored[0]).toBeCloseTo(-high, 12);
    expect(mirrored[1]).toBeCloseTo(-low, 12);
  });

  it("is the estimate alone where all resamples are equal", () => {
    const spread = spreadEstimate(0, [0, 0, 0], 37);
    expect(spread).toEqual({ estimate: 0, error: 0, skewness: 0, examples: 37 });
    expect(studentInterval(spread, 0.95)).toEqual([0, 0]);
    expect(studentPValue(spread)).toBe(1);
    expect(studentPValue({ ...spread, estimate: 0.1 })).toBe(0);
  });

  it("is near the t interval of a mean", () => {
    const random = new Random(2);
    const values = Array.from({ length: 53 }, () => random.nextNormal());
    const resampled = Array.from({ length: 4000 }, () => meanOf(values.map(() => values[random.nextBelow(53)] as number)));
    const spread = spreadEstimate(meanOf(values), resampled, 53);
    const { mean, halfWidth } = meanInterval(values);
    expect(spread.error * 2.006647).toBeCloseTo(halfWidth ?? 0, 2);
    expect(studentInterval({ ...spread, skewness: 0 }, 0.95)[1] - mean).toBeCloseTo(halfWidth ?? 0, 2);
  });
});

describe("studentPValue", () => {
  it("is the level at which the interval ends at 0, whichever end faces it and however skewed", () => {
    for (const estimate of [-0.9, -0.3, 0.2, 1.1])
      for (const skewness of [-0.8, -0.2, 0, 0.5]) {
        const spread = { estimate, error: 0.35, skewness, examples: 43 };
        const pValue = studentPValue(spread);
        if (pValue === 1) continue;
        const [low, high] = studentInterval(spread, 1 - pValue);
        expect(estimate > 0 ? low : high, `${estimate}, ${skewness}`).toBeCloseTo(0, 9);
      }
  });

  it("is 1 where the skew alone reaches 0", () => {
    expect(studentPValue({ estimate: 0.05, error: 0.5, skewness: -0.7, examples: 30 })).toBe(1);
    expect(studentPValue({ estimate: 0.05, error: 0.5, skewness: 0.7, examples: 30 })).toBeLessThan(0.95);
  });
});
