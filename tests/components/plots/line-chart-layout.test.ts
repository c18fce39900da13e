import { describe, expect, it } from "vitest";
import { layOutLineChart, nearestStop, readOut, thinToPixels } from "@/components/plots/line-chart-layout";

const falling = Array.from({ length: 11 }, (_, step) => ({ x: step * 10, y: 3 - step * 0.1 }));
const input = { width: 556, height: 260, series: [{ key: "a", label: "this run", mark: "stan" as const, line: falling }] };

describe("layOutLineChart", () => {
  it("maps the ends of the data onto the ends of the box", () => {
    const { box, x, y } = layOutLineChart(input);
    expect(box).toEqual({ left: 44, right: 544, top: 24, bottom: 224 });
    expect(x(0)).toBe(44);
    expect(x(100)).toBe(544);
    expect(y(2)).toBe(224);
    expect(y(3)).toBe(24);
  });

  it("draws the line through the points in pixels", () => {
    const short = {
      ...input,
      series: [{ key: "a", label: "a", mark: "lora" as const, line: [falling[0], falling[10]].filter((point) => point !== undefined) }],
    };
    expect(layOutLineChart(short).drawn[0]?.linePath).toBe("M44,24L544,224");
  });

  it("shades the range about a line, which y holds", () => {
    const band = [0, 100].map((x) => ({ x, low: 1, high: 4 }));
    const { y, drawn } = layOutLineChart({ ...input, series: [{ key: "a", label: "a", mark: "stan", line: falling, band }] });
    expect(y.domain()).toEqual([1, 4]);
    expect(drawn[0]?.bandPath).toBe("M44,24L544,24L544,224L44,224Z");
    expect(layOutLineChart(input).drawn[0]?.bandPath).toBe("");
  });

  it("keeps x open to the steps that are still to come", () => {
    expect(layOutLineChart({ ...input, xDomain: [0, 200] }).x(100)).toBe(294);
  });

  it("holds references and wanted values in y", () => {
    const { y } = layOutLineChart({ ...input, references: [{ y: 4, label: "base" }], yIncludes: [0] });
    expect(y.domain()).toEqual([0, 4]);
  });

  it("does not let one spike of a raw trace flatten the rest", () => {
    const raw = Array.from({ length: 1000 }, (_, x) => ({ x, y: x === 500 ? 1000 : 2 + (x % 7) / 100 }));
    const [, high = 0] = layOutLineChart({
      ...input,
      series: [{ key: "a", label: "a", mark: "stan", raw, line: raw.filter(({ x }) => x !== 500) }],
    }).y.domain();
    expect(high).toBeLessThan(3);
  });

  it("leaves out values that are not finite, and those without a logarithm", () => {
    const broken = [
      { x: 0, y: 1 },
      { x: 1, y: Number.NaN },
      { x: 2, y: 0 },
      { x: 3, y: 10 },
    ];
    const { drawn, y } = layOutLineChart({ ...input, isLogY: true, series: [{ key: "a", label: "a", mark: "stan", line: broken }] });
    expect(drawn[0]?.series.line).toEqual([
      { x: 0, y: 1 },
      { x: 3, y: 10 },
    ]);
    expect(y.domain()).toEqual([1, 10]);
  });

  it("gives the unit square when there is nothing to draw", () => {
    const { x, y, drawn, stops } = layOutLineChart({ ...input, series: [{ key: "a", label: "a", mark: "stan" }] });
    expect([x.domain(), y.domain(), drawn[0]?.linePath, stops]).toEqual([[0, 1], [0, 1], "", []]);
  });

  it("moves labels at line ends apart and keeps them inside", () => {
    const flat = (key: string, y: number) => ({
      key,
      label: key,
      mark: "stan" as const,
      line: [
        { x: 0, y: 0 },
        { x: 1, y },
      ],
    });
    const {
      endLabels,
      box,
      y: scale,
    } = layOutLineChart({
      ...input,
      hasEndLabels: true,
      series: [flat("a", 0), flat("b", 0.01), flat("c", 1)],
    });
    const heights = endLabels.map(({ y }) => y);
    expect(endLabels.map(({ key }) => key)).toEqual(["c", "b", "a"]);
    expect((heights[2] ?? 0) - (heights[1] ?? 0)).toBe(28);
    expect(heights[2]).toBe(box.bottom - 14);
    // One that is in nobody's way stays at its value.
    expect(heights[0]).toBe(scale(1));
  });
});

describe("the read-out", () => {
  const withPoints = layOutLineChart({
    ...input,
    series: [{ key: "a", label: "a", mark: "stan", line: falling, points: [{ x: 50, y: 2.4 }] }],
  });

  it("snaps to the nearest drawn step", () => {
    expect(nearestStop(withPoints, 44 + 5 * 23)).toBe(20);
  });

  it("prefers a point within six pixels", () => {
    const dense = layOutLineChart({
      ...input,
      series: [
        { key: "a", label: "a", mark: "stan", line: Array.from({ length: 501 }, (_, x) => ({ x, y: x })), points: [{ x: 250, y: 3 }] },
      ],
    });
    expect(nearestStop(dense, dense.x(250) + 5)).toBe(250);
    expect(nearestStop(dense, dense.x(250) + 8)).toBe(258);
  });

  it("gives the point only where one stands, and no value outside the line", () => {
    expect(readOut(withPoints, 50)[0]).toMatchObject({ line: 2.5, point: 2.4 });
    expect(readOut(withPoints, 60)[0]).toMatchObject({ line: 2.4, point: null });
    expect(readOut(withPoints, 101)[0]).toMatchObject({ line: null, point: null });
  });
});

describe("thinToPixels", () => {
  it("keeps the lowest and the highest of a pixel column, in their order", () => {
    const points = [3, 9, 1, 5].map((y, index) => ({ x: index / 10, y }));
    expect(thinToPixels(points, (x) => x)).toEqual([
      { x: 0.1, y: 9 },
      { x: 0.2, y: 1 },
    ]);
  });

  it("bounds ten thousand points by twice the pixels", () => {
    const points = Array.from({ length: 10_000 }, (_, x) => ({ x, y: Math.sin(x) }));
    expect(thinToPixels(points, (x) => x / 100).length).toBeLessThanOrEqual(200);
  });
});
