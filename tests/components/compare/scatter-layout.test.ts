import { describe, expect, it } from "vitest";
import { layOutScatter, nearestPoint, type ScatterSeries } from "@/components/compare/scatter-layout";

describe("a plot of scores", () => {
  const points = [
    { label: "a", x: 100, y: 2, low: 1.9, high: 2.1 },
    { label: "b", x: 10_000, y: 1, low: 1, high: 1 },
  ];
  const series: ScatterSeries[] = [{ key: "stan", label: "STAN", mark: "stan", isJoined: true, points }];

  it("places points on a log scale with room on both sides, and holds every range", () => {
    const { points: placed, box, lines, xTicks } = layOutScatter({ width: 248, height: 260, series, isLogX: true });
    expect(box).toEqual({ left: 48, right: 232, top: 24, bottom: 224 });
    // Two decades, an eighth of them to either side.
    expect(placed.map(({ px }) => Math.round(px * 10) / 10)).toEqual([65.8, 214.2]);
    expect(placed[0]?.pLow).toBeGreaterThan(placed[0]?.py ?? 0);
    for (const { pLow, pHigh } of placed) expect([pLow <= box.bottom, pHigh >= box.top]).toEqual([true, true]);
    expect(placed.map(({ anchor }) => anchor)).toEqual(["start", "end"]);
    expect(lines[0]?.path).toMatch(/^M65\.8,[\d.]+L214\.2,[\d.]+$/);
    expect(xTicks.map(({ value }) => value)).toEqual([100, 1000, 10_000]);
  });

  it("leaves out what a log scale cannot hold, and steps along the points that none beats", () => {
    const bad = [{ ...series[0], points: [...points, { label: "c", x: 0, y: 3, low: 3, high: 3 }] } as ScatterSeries];
    const layout = layOutScatter({ width: 248, height: 260, series: bad, isLogX: true, front: points });
    expect(layout.points.map(({ label }) => label)).toEqual(["a", "b"]);
    expect(layout.frontPath).toMatch(/^M65\.8,[\d.]+H214\.2V[\d.]+$/);
  });

  it("moves names apart that would stand on one another, and no others", () => {
    const near = ["a", "b", "c"].map((label, place) => ({ label, x: 100, y: 2 + place / 1000, low: 1, high: 3 }));
    const crowd: ScatterSeries[] = [{ key: "stan", label: "STAN", mark: "stan", isJoined: false, points: [...near, ...points] }];
    const { points: placed } = layOutScatter({ width: 248, height: 260, series: crowd, isLogX: true });
    const names = placed.slice(0, 3).map(({ nameY }) => nameY);
    const gaps = names.toSorted((a, b) => a - b).map((y, place, all) => (place === 0 ? 12 : y - (all[place - 1] ?? 0)));
    expect(Math.min(...gaps)).toBeGreaterThanOrEqual(12);
    const far = placed.at(-1);
    expect((far?.py ?? 0) - (far?.nameY ?? 0)).toBe(6);
  });

  it("reads out the nearest point", () => {
    const layout = layOutScatter({ width: 248, height: 260, series, isLogX: true });
    expect(nearestPoint(layout, 70, 30)?.label).toBe("a");
    expect(nearestPoint(layout, 200, 220)?.label).toBe("b");
    expect(nearestPoint(layOutScatter({ width: 248, height: 260, series: [], isLogX: true }), 1, 1)).toBeNull();
  });
});
