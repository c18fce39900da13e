import { describe, expect, it } from "vitest";
import { probeScoreOf } from "@/lib/numbers/metrics/probe-score";
import { probeInterval } from "@/lib/numbers/statistics/ranking-interval";

describe("The score of a probe", () => {
  it("counts rows on their side of even odds; even odds themselves are no positive", () => {
    const score = probeScoreOf(Float32Array.of(2, 0.5, 0, -1), Float32Array.of(-3, 0, 1));
    // Right: 2, 0.5, −3 and the negative 0. Of the 12 pairs the positive is higher in 3 + 2 + 1 + 1, and equal in one.
    expect(score).toEqual({ accuracy: 4 / 7, auroc: (3 + 2 + 1 + 1 + 0.5) / 12 });
  });

  it("has an interval around it, with the same of the same seed", () => {
    const [positives, negatives] = [Float32Array.of(2, 0.5, 0.1, -1), Float32Array.of(-3, -0.5, 1)];
    const interval = probeInterval(positives, negatives, { seed: 2 });
    expect(interval).toEqual(probeInterval(positives, negatives, { seed: 2 }));
    const { accuracy, auroc } = probeScoreOf(positives.slice(), negatives.slice());
    expect(interval.accuracy[0]).toBeLessThan(accuracy);
    expect(interval.accuracy[1]).toBeGreaterThan(accuracy);
    expect(interval.auroc[0]).toBeLessThan(auroc);
  });
});
