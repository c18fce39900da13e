import { expect, it } from "vitest";
import { readRange, stepsWithin, withinRange, writeRange, xDomainOf } from "@/components/runs/step-range";
import { runDetailFixture } from "./run-detail-fixture";

const detail = runDetailFixture({ steps: 10, step: 7 });

it("a range of steps is read from the address as it was written, and nothing else is", () => {
  expect(readRange(writeRange({ from: 3, to: 11 }))).toEqual({ from: 3, to: 11 });
  for (const text of [null, "", "3", "11-3", "3-3", "-3-11", "a-b"]) expect(readRange(text)).toBeNull();
});

it("a dragged stretch of any axis becomes the steps in it", () => {
  expect(stepsWithin(detail, "step", [1.5, 4.2])).toEqual({ from: 2, to: 4 });
  expect(stepsWithin(detail, "tokens", [140, 350])).toEqual({ from: 2, to: 5 });
  expect(stepsWithin(detail, "tokens", [150, 160])).toBeNull();
});

it("a range shows its own curve and evaluations between its ends", () => {
  const curve = { stepsAPoint: 1, metrics: detail.metrics.slice(1, 4) };
  const shown = withinRange(detail, curve, { from: 2, to: 4 });
  expect(shown.metrics.map(({ step }) => step)).toEqual([2, 3, 4]);
  expect(shown.evaluations.map(({ step }) => step)).toEqual([2]);
  expect(xDomainOf(shown, "tokens", { from: 2, to: 4 })).toEqual([140, 280]);
  expect(xDomainOf(detail, "step", null)).toEqual([0, 10]);
});
