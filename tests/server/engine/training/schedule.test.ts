import { describe, expect, it } from "vitest";
import { learningRateAt } from "@/server/engine/training/schedule";

const base = { steps: 10, learningRate: 1, warmupFraction: 0.2 } as const;
const rates = (schedule: "cosine" | "linear" | "constant") =>
  Array.from({ length: 10 }, (_, step) => learningRateAt(step, { ...base, schedule }));

describe("learningRateAt", () => {
  it("rises over the warm-up, reaches the rate and falls without reaching 0", () => {
    for (const schedule of ["cosine", "linear"] as const) {
      const all = rates(schedule);
      expect(all[0]).toBeCloseTo(1 / 3);
      expect(all[1]).toBeCloseTo(2 / 3);
      expect(all[2]).toBe(1);
      for (let step = 3; step < 10; step++) expect(all[step]).toBeLessThan(all[step - 1] ?? 0);
      expect(all[9]).toBeGreaterThan(0);
    }
    expect(rates("linear")[6]).toBeCloseTo(0.5);
    expect(rates("cosine")[6]).toBeCloseTo(0.5);
  });

  it("stays at the rate when constant", () => {
    expect(rates("constant")).toEqual(new Array(10).fill(1));
  });

  it("trains a run of one step at the full rate", () => {
    expect(learningRateAt(0, { steps: 1, learningRate: 2, schedule: "cosine", warmupFraction: 1 })).toBe(2);
  });
});
