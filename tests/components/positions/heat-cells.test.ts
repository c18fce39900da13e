import { expect, it } from "vitest";
import { heatPaths, placeAt, rowsOf } from "@/components/positions/heat-cells";

/** A class token, then 2 × 3 patches; the window begins at the class token. */
const whole = {
  positions: [9, 0, 1, -1, null, 1, 0].map((activation) => ({ activation })),
  ...{ from: 0, to: 7, first: 0 },
  grid: { columns: 3, leading: 1 },
};

it("draws cells of one colour as one path, without the positions that are no cell", () => {
  expect(heatPaths(whole, 8)).toEqual([
    { fill: "var(--act-1)", path: "M1 0h1v1h-1zM1 1h1v1h-1z" },
    { fill: "var(--neg-1)", path: "M2 0h1v1h-1z" },
    { fill: null, path: "M0 1h1v1h-1z" },
  ]);
  expect(rowsOf(whole)).toBe(2);
});

it("finds the place under a point, none outside the window", () => {
  expect([placeAt(whole, 0, 0), placeAt(whole, 0.99, 0.1), placeAt(whole, 0.5, 0.9)]).toEqual([1, 3, 5]);
  const part = { ...whole, positions: whole.positions.slice(3), first: 3, to: 4 };
  expect([placeAt(part, 0, 0), placeAt(part, 0.99, 0.1), placeAt(part, 0.5, 0.9)]).toEqual([null, 0, 2]);
});
