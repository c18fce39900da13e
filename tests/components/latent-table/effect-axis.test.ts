import { describe, expect, it } from "vitest";
import { effectAxis, effectMarks } from "@/components/latent-table/effect-axis";

const histogram = (edges: number[], counts: number[]) => ({ column: "ablation" as const, scale: "linear" as const, edges, counts });

describe("the axis of effects", () => {
  it("is none where nothing was measured", () => {
    expect(effectAxis(undefined, 100)).toBeNull();
    expect(effectAxis(histogram([0, 1], [0]), 100)).toBeNull();
  });

  it("spans what was measured, with zero on it and room for intervals", () => {
    const axis = effectAxis(histogram([0, 0.01, 0.02, 0.03, 0.04], [0, 2, 3, 0]), 106);
    expect(axis?.x.domain()[0]).toBeCloseTo(-0.0045);
    expect(axis?.x.domain()[1]).toBeCloseTo(0.0345);
    expect(axis?.ticks.map(({ label }) => label)).toEqual(["0", "0.02"]);
  });

  it("has fewer ticks where their labels would touch", () => {
    const written = (width: number) => effectAxis(histogram([0, 0.0015], [2]), width)?.ticks.map(({ label }) => label);
    expect(written(400)).toEqual(["0", "0.0005", "0.0010", "0.0015"]);
    expect(written(120)).toEqual(["0", "0.001"]);
  });
});

describe("an effect on it", () => {
  const axis = effectAxis(histogram([-1, 0, 1, 2], [0, 5, 2]), 106);
  const effect = { perFiring: 1, halfWidth: 0.5, controlPerFiring: 0.25, controlHalfWidth: 0.1 };
  if (axis === null) throw new Error("no axis");

  it("has its dot inside its interval, beside the band of its controls", () => {
    const { dot, interval, band, excludesZero } = effectMarks(effect, axis);
    expect(interval[0]).toBeLessThan(dot);
    expect(interval[1]).toBeGreaterThan(dot);
    expect(band?.[1]).toBeLessThan(interval[0]);
    expect(excludesZero).toBe(true);
  });

  it("is not told from nothing when its interval holds zero", () => {
    expect(effectMarks({ ...effect, perFiring: -0.2 }, axis).excludesZero).toBe(false);
  });

  it("is not told from nothing without an interval", () => {
    expect(effectMarks({ ...effect, halfWidth: null }, axis).excludesZero).toBe(false);
  });

  it("ends at the axis where its interval goes beyond", () => {
    expect(effectMarks({ ...effect, halfWidth: 50 }, axis)).toMatchObject({ interval: [3, 103], isCut: [true, true] });
    expect(effectMarks({ ...effect, perFiring: 2, halfWidth: 1 }, axis).isCut).toEqual([false, true]);
    expect(effectMarks(effect, axis).isCut).toEqual([false, false]);
    expect(effectMarks({ ...effect, controlPerFiring: null }, axis).band).toBeNull();
  });
});
