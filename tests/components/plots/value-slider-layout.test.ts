import { describe, expect, it } from "vitest";
import { layOutValueSlider, respread, roundToDomain } from "@/components/plots/value-slider-layout";

const input = { width: 216, domain: [0, 10] as const, bins: [{ from: 0, to: 5, count: 24 }], seen: [0, 5] as const, ticks: [] };

describe("layOutValueSlider", () => {
  it("keeps the handle inside at both ends and beyond", () => {
    const { position, invert } = layOutValueSlider(input);
    expect([position(0), position(10), position(99)]).toEqual([8, 208, 208]);
    expect(invert(108)).toBe(5);
  });

  it("hatches what was never seen, on either side", () => {
    expect(layOutValueSlider(input).hatched).toEqual([{ x: 108, width: 100 }]);
    expect(layOutValueSlider({ ...input, domain: [-10, 10], seen: [-5, 5] }).hatched).toEqual([
      { x: 8, width: 50 },
      { x: 158, width: 50 },
    ]);
    expect(layOutValueSlider({ ...input, seen: null }).hatched).toEqual([]);
  });

  it("drops the label of a tick that would run into the one before, not the tick", () => {
    const ticks = [
      { value: 9, label: "p99" },
      { value: 1, label: "p50" },
      { value: 9.2, label: "max" },
    ];
    expect(layOutValueSlider({ ...input, ticks }).ticks.map(({ label, isLabelled }) => [label, isLabelled])).toEqual([
      ["p50", true],
      ["p99", true],
      ["max", false],
    ]);
  });
});

describe("respread", () => {
  it("keeps the sum of what lies inside the domain", () => {
    expect(respread([{ from: 1, to: 4, count: 9 }], [0, 10], 5)).toEqual([3, 6, 0, 0, 0]);
    expect(respread([{ from: -1, to: 1, count: 4 }], [0, 10], 5)).toEqual([2, 0, 0, 0, 0]);
  });
});

it("rounds a dragged value to about a thousandth of the line", () => {
  expect(roundToDomain(3.1462, [0, 14])).toBe(3.15);
  expect(roundToDomain(-99, [-0.5, 0.5])).toBe(-0.5);
});

it.each([1, 3, 4, 4.7, 9.9, 12, 260])("a thousandth of a line of length %f moves a value on it", (length) => {
  const value = roundToDomain(length / 2, [0, length]);
  expect(roundToDomain(value - length / 1000, [0, length])).toBeLessThan(value);
});
