import { describe, expect, it } from "vitest";
import type { DoseCurve } from "@/components/studies/dose/dose-curves";
import { doseVerdict } from "@/components/studies/dose/dose-verdict";

const curve = (points: readonly [x: number, y: number, halfWidth: number | null][], band: DoseCurve["band"] = []): DoseCurve => ({
  key: "loss",
  title: "Loss",
  unit: "nats",
  points: points.map(([x, y, halfWidth]) => ({ x, y, halfWidth })),
  band,
  adapter: 2,
  base: 3,
  reference: "adapter",
  isMore: false,
});
const bandOf = (low: number, high: number) => [0, 5, 7].map((x) => ({ x, low, high, count: 11 }));

describe("the verdict on a dose and its response", () => {
  it("says at which values the whole interval lies beyond all random latents", () => {
    const verdict = doseVerdict(
      curve(
        [
          [0, 2.1, 0.05],
          [5, 2.3, 0.05],
          [7, 1.5, 0.1],
        ],
        bandOf(1.9, 2.2),
      ),
      String,
    );
    expect(verdict).toEqual({
      key: "loss",
      title: "Loss",
      excludesZero: true,
      sentence: "Loss: above all 11 random latents at 5; below all 11 random latents at 7 (2 of 3 values).",
    });
  });

  it("says no more than intervals allow: a mean outside with an interval that reaches in is not distinguishable", () => {
    const verdict = doseVerdict(
      curve(
        [
          [0, 2.3, 0.2],
          [5, 2.25, 0.06],
        ],
        bandOf(1.9, 2.2),
      ),
      String,
    );
    expect(verdict).toMatchObject({
      excludesZero: false,
      sentence: "Loss: not distinguishable from the random latents at any of 2 values.",
    });
  });

  it("compares with the unchanged adapter where there are no random latents", () => {
    expect(doseVerdict(curve([[0, 2.3, 0.2]]), String)?.sentence).toBe("Loss: above the unchanged adapter at 0 (1 of 1 value).");
    expect(doseVerdict({ ...curve([[0, 0.1, 0.2]]), reference: "zero" }, String)?.excludesZero).toBe(false);
  });

  it("is silent without intervals, and of values whose random latents are not there yet", () => {
    expect(doseVerdict(curve([[0, 2.3, null]]), String)).toBeNull();
    expect(doseVerdict(curve([[9, 2.3, 0.1]], bandOf(1, 2)), String)).toBeNull();
  });
});
