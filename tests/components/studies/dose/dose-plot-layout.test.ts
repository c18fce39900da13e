import { describe, expect, it } from "vitest";
import type { DoseCurve } from "@/components/studies/dose/dose-curves";
import { layOutDosePlot, nearestValue } from "@/components/studies/dose/dose-plot-layout";

const curve: DoseCurve = {
  key: "klToAdapter",
  title: "KL to adapter",
  unit: "nats per token",
  isMore: false,
  reference: "zero",
  points: [
    { x: 0, y: 0, halfWidth: 0 },
    { x: 10, y: 0.5, halfWidth: 0.25 },
  ],
  band: [
    { x: 0, low: 0, high: 0.0625, count: 3 },
    { x: 10, low: 0.125, high: 1, count: 3 },
  ],
  adapter: 0,
  base: 4,
};
const input = { width: 158, height: 134, curve, values: [0, 5, 10], named: [], seen: null, isLogY: false } as const;

describe("the plot of a dose and its response", () => {
  it("lays values between fixed ends while they come, and keeps 0 and every interval in sight", () => {
    const { box, x, y, marks } = layOutDosePlot(input);
    expect([x(0), x(5), x(10)]).toEqual([box.left, (box.left + box.right) / 2, box.right]);
    expect(y.domain()).toEqual([0, 1]);
    expect(marks).toEqual([
      { x: box.left, y: box.bottom },
      { x: box.right, y: (box.top + box.bottom) / 2 },
    ]);
  });

  it("hatches what was never seen, on either side", () => {
    const { box, hatched } = layOutDosePlot({ ...input, seen: [-3, 7.5] });
    expect(hatched).toEqual([{ x: box.left + 75, width: 25 }]);
    expect(layOutDosePlot({ ...input, seen: [2.5, 20] }).hatched).toEqual([{ x: box.left, width: 25 }]);
  });

  it("names at least two levels, also where round ones are far between", () => {
    const level = (y: number) => ({ x: y, y, halfWidth: 0 });
    const narrow: DoseCurve = {
      ...curve,
      reference: "adapter",
      adapter: null,
      base: null,
      band: [],
      points: [level(-17.829), level(-17.771)],
    };
    expect(layOutDosePlot({ ...input, curve: narrow }).yTicks.length).toBeGreaterThan(1);
  });

  it("leaves a base model out of sight that would squeeze the rest", () => {
    const loss: DoseCurve = { ...curve, reference: "adapter", adapter: 0.25 };
    expect(layOutDosePlot({ ...input, curve: loss }).baseY).toBeNull();
    expect(layOutDosePlot({ ...input, curve: { ...loss, base: 1.5 } }).baseY).not.toBeNull();
  });

  it("shows powers of ten on a logarithmic axis, without what is 0", () => {
    const { box, y, marks, band } = layOutDosePlot({ ...input, isLogY: true });
    expect(y.domain()).toEqual([0.01, 1]);
    expect(marks).toHaveLength(1);
    expect(y(1)).toBe(box.top);
    expect(band).not.toContain("NaN");
  });

  it("names places whose labels do not touch, the first ones first", () => {
    const named = [
      { value: 0, label: "0" },
      { value: 5, label: "p99" },
      { value: 5.5, label: "max" },
    ];
    expect(layOutDosePlot({ ...input, named }).xTicks.map(({ label }) => label)).toEqual(["0", "p99"]);
  });

  it("reads out the value that is nearest to the pointer", () => {
    const layout = layOutDosePlot(input);
    expect(nearestValue(layout, input.values, layout.box.left + 55)).toBe(5);
    expect(nearestValue(layout, [], 55)).toBeNull();
  });

  it("stands empty before the first value", () => {
    const { line, interval, band, marks } = layOutDosePlot({ ...input, curve: { ...curve, points: [], band: [] } });
    expect([line, interval, band, marks]).toEqual(["", "", "", []]);
  });
});
