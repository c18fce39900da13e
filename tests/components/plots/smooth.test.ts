import { expect, it } from "vitest";
import { smooth } from "@/components/plots/smooth";

it("keeps a constant as it is from the first point on", () => {
  const points = [1, 2, 3, 5].map((x) => ({ x, y: 7 }));
  for (const { y } of smooth(points, 20)) expect(y).toBeCloseTo(7, 12);
});

it("weights a point by its age", () => {
  const [, second] = smooth(
    [
      { x: 0, y: 0 },
      { x: 1, y: 3 },
    ],
    3,
  );
  expect(second?.y).toBeCloseTo(2, 12);
});

it("gives the points back for a window of one", () => {
  expect(smooth([{ x: 0, y: 5 }], 1)).toEqual([{ x: 0, y: 5 }]);
});
