import { describe, expect, it } from "vitest";
import { clampInWords, clampScale, scaleScale } from "@/components/steering/value-scale";
import type { LatentDetail } from "@/lib/contract/latent";
import { latentDetailWith, latentRowWith } from "@/tests/support/latent-detail";

function detail(max: number, min: number, p50: number, p99: number): LatentDetail {
  return latentDetailWith({ row: latentRowWith({ maxActivation: max, minActivation: min }), quantiles: { p50, p95: p99, p99 } });
}

describe("the line of a clamp", () => {
  it("goes from zero to half as far again as the largest activation", () => {
    const scale = clampScale(detail(10, 0.5, 2, 8), 0);
    expect(scale.domain).toEqual([0, 15]);
    expect(scale.seen).toEqual([0, 10]);
    expect(scale.ticks.map(({ label }) => label)).toEqual(["0", "p50", "p99", "max"]);
  });

  it("has both sides for a signed latent, and its quantiles where it is strongest", () => {
    const scale = clampScale(detail(4, -12, 3, 9), 0);
    expect(scale.domain).toEqual([-16, 12]);
    expect(scale.ticks).toContainEqual({ value: -9, label: "p99" });
  });

  it("reaches a value that was typed beyond it", () => {
    expect(clampScale(detail(10, 0.5, 2, 8), 40).domain[1]).toBe(40);
    expect(clampScale(undefined, 3)).toMatchObject({ domain: [-6, 6], seen: null });
  });
});

describe("the line of a factor", () => {
  it("was never seen where the median firing would pass the largest", () => {
    expect(scaleScale(detail(10, 0, 4, 8), 1)).toMatchObject({ domain: [0, 3.25], seen: [0, 2.5] });
  });

  it("holds a negative factor", () => {
    expect(scaleScale(undefined, -1).domain).toEqual([-1, 3]);
  });
});

it("says a clamp in the latent's own terms", () => {
  expect(clampInWords(0, detail(10, 0, 4, 8))).toBe("as if it never fired");
  expect(clampInWords(4, detail(10, 0, 4, 8))).toBe("0.50 × p99");
  expect(clampInWords(12, detail(10, 0, 4, 8))).toBe("1.5 × p99, never seen");
  expect(clampInWords(12, undefined)).toBe("raw activation");
});
