import { expect, it } from "vitest";
import { rampColour, rampStep } from "@/components/plots/ramp";

it("cuts the scale into eighths and keeps what lies beyond in the last", () => {
  expect([0, 0.01, 1.5, 1.51, 12, 99].map((value) => rampStep(value, 12))).toEqual([0, 1, 1, 2, 8, 8]);
});

it("goes over to blue below zero, for activations alone", () => {
  expect([rampColour(-6, 12, "act"), rampColour(6, 12, "act"), rampColour(-6, 12, "kl")]).toEqual([
    "var(--neg-4)",
    "var(--act-4)",
    "var(--kl-4)",
  ]);
});

it("paints nothing without a scale", () => {
  expect([rampColour(3, 0, "act"), rampColour(Number.NaN, 1, "act")]).toEqual(["transparent", "transparent"]);
});
