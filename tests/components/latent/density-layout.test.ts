import { expect, it } from "vitest";
import { layOutDensity } from "@/components/latent/density-layout";

it("draws density from 0, over all steps of the training, whatever part of them has a record", () => {
  const { box, x, y, path } = layOutDensity(
    [
      { step: 50, density: 0 },
      { step: 100, density: 0.004 },
    ],
    200,
    300,
    104,
  );
  expect([box.left, box.right, box.top, box.bottom]).toEqual([52, 288, 12, 82]);
  expect(x(0)).toBe(52);
  expect(x(200)).toBe(288);
  expect(y(0)).toBe(82);
  expect(y(0.004)).toBe(12);
  expect(path).toBe("M111,82L170,12");
});

it("labels both axes, and stands for a latent that never fired", () => {
  const { xTicks, yTicks } = layOutDensity([{ step: 10, density: 0.004 }], 2000, 300, 104);
  expect(xTicks.map(({ label }) => label)).toEqual(["0", "1\u00a0000", "2\u00a0000"]);
  expect(yTicks.map(({ label }) => label)).toEqual(["0\u202f%", "0.20\u202f%", "0.40\u202f%"]);
  expect(layOutDensity([{ step: 10, density: 0 }], 20, 300, 104).yTicks).toHaveLength(3);
});
