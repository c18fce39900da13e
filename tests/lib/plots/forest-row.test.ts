import { describe, expect, it } from "vitest";
import { layOutForestRow } from "@/lib/plots/forest-row";

const difference = { value: -0.03, low: -0.04, high: -0.02 };
/** 100 pixels to either side of 0. */
const ends = [12, 212] as const;
const row = {
  difference,
  margin: null,
  bySeed: [-0.031, -0.029],
  better: "lower" as const,
  verdict: { kind: "better" as const, text: "" },
};

describe("a row of the forest", () => {
  it("has a scale with round ends about 0, the first side's advantage to the left, and a tick each pair of runs", () => {
    const layout = layOutForestRow(row, ends);
    expect(layout).toMatchObject({ zero: 112, end: 0.05, winner: "first" });
    // 100 px for 0.05.
    expect([layout?.at, layout?.from, layout?.to].map((x) => Math.round(x ?? 0))).toEqual([52, 32, 72]);
    expect(layout?.seeds.map(Math.round)).toEqual([50, 54]);
    expect(layout?.rules.map(Math.round)).toEqual([12, 62, 162, 212]);
  });

  it("draws a margin to both sides of 0, within a scale that holds it", () => {
    const layout = layOutForestRow({ ...row, margin: 0.1 }, ends);
    // 100 px for 0.1.
    expect(layout).toMatchObject({ end: 0.1, margin: [12, 212] });
    expect(layOutForestRow(row, ends)?.margin).toBeNull();
  });

  it("turns round where more is better, so that left is the first side's all the same", () => {
    const layout = layOutForestRow({ ...row, better: "higher", verdict: { kind: "worse", text: "" } }, ends);
    expect([layout?.at, layout?.from, layout?.to].map((x) => Math.round(x ?? 0))).toEqual([172, 152, 192]);
    expect(layout?.winner).toBe("second");
  });

  it("draws a run against itself at 0, and nothing without an interval", () => {
    const same = { difference: { value: 0, low: 0, high: 0 }, bySeed: [0] };
    expect(layOutForestRow({ ...row, ...same }, ends)).toMatchObject({ at: 112, from: 112, to: 112, seeds: [] });
    expect(layOutForestRow({ ...row, difference: null }, ends)).toBeNull();
    expect(layOutForestRow(row, [12, 12])).toBeNull();
  });

  it("names no winner where the verdict does not, whatever the interval", () => {
    expect(layOutForestRow({ ...row, verdict: { kind: "notDistinguishable", text: "" } }, ends)?.winner).toBeNull();
  });
});
