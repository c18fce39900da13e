import { describe, expect, it } from "vitest";
import { addScale, clampScale, scaleScale, steppedValue, valueInWords } from "@/components/steering/edit-card/value-scale";
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

describe("the line of what is added", () => {
  it("goes as far down as up; what stands at 0 leaves the range of activations by itself", () => {
    expect(addScale(detail(10, 0.5, 2, 8), 3, false)).toMatchObject({ domain: [-15, 15], seen: [0, 10] });
    expect(addScale(detail(4, -12, 3, 9), 0, false)).toMatchObject({ domain: [-18, 18], seen: [-12, 4] });
    expect(addScale(undefined, 3, false)).toMatchObject({ domain: [-6, 6], seen: null });
  });

  it("was never seen where the median firing would leave it, if only firings are added to", () => {
    expect(addScale(detail(10, 0.5, 2, 8), 0, true).seen).toEqual([-2, 8]);
    expect(addScale(detail(4, -12, 3, 9), 0, true).seen).toEqual([-9, 7]);
  });
});

it("moves a value by a hundredth of its line, or a thousandth, and not beyond it", () => {
  const scale = clampScale(detail(10, 0.5, 2, 8), 0);
  expect(steppedValue(3, scale, 1, false)).toBe(3.15);
  expect(steppedValue(3, scale, -1, true)).toBe(2.99);
  expect(steppedValue(0, scale, -1, false)).toBe(0);
});

describe("a value in the latent's own terms", () => {
  const places = { latent: { module: "m", index: 2 }, isOn: true, scope: "all" } as const;

  it("is a share of its 99th percentile, and says what was never seen", () => {
    const words = (value: number, of = detail(10, 0, 4, 8)) => valueInWords({ operation: "clamp", value, ...places }, of);
    expect(words(0)).toBe("as if it never fired");
    expect(words(4)).toBe("0.50 × p99");
    expect(words(10.004, detail(10.0039, 0, 4, 8))).toBe("1.3 × p99");
    expect(words(12)).toBe("1.5 × p99, never seen");
    expect(words(-4)).toBe("−0.50 × p99, never seen");
    expect(words(-9, detail(4, -12, 3, 9))).toBe("1.0 × p99");
    expect(valueInWords({ operation: "clamp", value: 12, ...places }, undefined)).toBe("raw activation");
  });

  it("is a factor of its own value", () => {
    expect(valueInWords({ operation: "scale", value: 1, ...places }, undefined)).toBe("as it is");
    expect(valueInWords({ operation: "scale", value: 0.5, ...places }, undefined)).toBe("0.500 × its own value");
  });

  it("changes nothing where 0 is added", () => {
    expect(valueInWords({ operation: "add", value: 0, ...places }, detail(10, 0, 4, 8))).toBe("as it is");
    expect(valueInWords({ operation: "add", value: 8.8, ...places, onlyIfFiring: true }, detail(10, 0, 4, 8))).toBe(
      "1.1 × p99, never seen",
    );
  });
});
