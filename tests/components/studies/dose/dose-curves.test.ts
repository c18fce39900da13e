import { describe, expect, it } from "vitest";
import { curveCsv } from "@/components/studies/dose/curve-csv";
import { doseCurves } from "@/components/studies/dose/dose-curves";
import type { DosePoint, DoseResult } from "@/lib/contract/study";

const estimate = (mean: number) => ({ mean, halfWidth: 0.5, count: 30 });
const point = (value: number, mean: number): DosePoint => ({
  value,
  klToAdapter: estimate(mean),
  klToBase: estimate(mean + 2),
  targets: [estimate(-mean)],
  targetChanges: [{ mean: -mean, halfWidth: 0.25, count: 30 }],
  changedTokens: estimate(0.25),
  loss: { mean: mean + 3, change: { mean, halfWidth: 0.125, count: 70 } },
  distinct2: estimate(1),
  distinct2Change: { mean: 0, halfWidth: 0.0625, count: 30 },
});
const { value: _value, ...unchanged } = point(0, 0);
const result: DoseResult = {
  kind: "dose",
  targets: [" so"],
  points: [point(0, 1), point(5, 2)],
  adapter: unchanged,
  base: null,
  controls: [
    { index: 2, factor: 1, points: [point(0, 3), point(5, 4)] },
    { index: 7, factor: 2, points: [point(0, 5)] },
  ],
  prompts: [],
  heldOut: { rows: 7, labelTokens: 11, isHeldOut: true },
};
const curveOf = (key: string, of = result) => doseCurves(of).find((curve) => curve.key === key);

describe("curves of a dose study", () => {
  it("stand with the band of as many random latents as are measured at each value", () => {
    expect(curveOf("klToAdapter")).toMatchObject({
      points: [
        { x: 0, y: 1, halfWidth: 0.5 },
        { x: 5, y: 2, halfWidth: 0.5 },
      ],
      band: [
        { x: 0, low: 3, high: 5, count: 2 },
        { x: 5, low: 4, high: 4, count: 1 },
      ],
      adapter: 0,
      base: null,
    });
  });

  it("give what the adapter has too the interval of its paired change", () => {
    expect(curveOf("loss")?.points[1]).toEqual({ x: 5, y: 5, halfWidth: 0.125 });
    expect(curveOf("target 0")?.points[1]).toEqual({ x: 5, y: -2, halfWidth: 0.25 });
    expect(curveOf("distinct2")?.points[1]).toEqual({ x: 5, y: 1, halfWidth: 0.0625 });
  });

  it("have no interval over few prompts", () => {
    const few = { ...result, points: result.points.map((one) => ({ ...one, klToAdapter: { ...one.klToAdapter, count: 2 } })) };
    expect(curveOf("klToAdapter", few)?.points.map(({ halfWidth }) => halfWidth)).toEqual([null, null]);
  });

  it("are there before their first value, the loss only where rows are read for it", () => {
    const begun = { ...result, points: [], controls: [], adapter: null };
    expect(doseCurves(begun).map(({ key }) => key)).toEqual(["klToAdapter", "klToBase", "loss", "target 0", "distinct2", "changedTokens"]);
    expect(curveOf("loss", { ...begun, heldOut: null })).toBeUndefined();
    expect(curveOf("target 0", begun)?.title).toBe("log p of “ so”");
  });

  it("download with their band", () => {
    const curve = curveOf("klToAdapter");
    expect(curve && curveCsv(curve)).toBe(
      "value,mean,halfWidth,randomLowest,randomHighest,randomLatents,adapter,base\r\n0,1,0.5,3,5,2,0,\r\n5,2,0.5,4,4,1,0,",
    );
  });
});
