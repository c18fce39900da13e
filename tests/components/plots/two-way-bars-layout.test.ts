import { expect, it } from "vitest";
import { layOutTwoWayBars } from "@/components/plots/two-way-bars-layout";

it("draws both counts from one zero line on one scale, without signs on the axis", () => {
  const layout = layOutTwoWayBars(
    [
      { x: 50, up: 100, down: 25 },
      { x: 100, up: 0, down: 100 },
    ],
    248,
    150,
    [0, 200],
  );
  const [first, second] = layout.bars;
  expect(layout.zero).toBe(64);
  expect([first?.topY, first?.bottomY, second?.topY, second?.bottomY]).toEqual([14, 76.5, 64, 114]);
  expect(layout.yTicks.map(({ label }) => label)).toEqual(["100", "50", "0", "50", "100"]);
});
