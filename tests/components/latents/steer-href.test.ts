import { expect, it } from "vitest";
import { firstOperationOf, steerHref } from "@/components/latents/steer-href";
import { latentDetailWith, latentRowWith } from "@/tests/support/latent-detail";

const latent = { module: "m", index: 5 };
const searchOf = (href: string) => decodeURIComponent(href);

it("begins with a latent clamped to its 99th percentile, to three digits", () => {
  const detail = latentDetailWith({ quantiles: { p50: 1, p95: 2, p99: 4.5678 } });
  expect(searchOf(steerHref("r", "c", [latent], firstOperationOf(detail)))).toBe("/runs/r/steer?collection=c&add=clamp*m*5*4.57*all");
});

it("begins on the side where it fires strongest, and with an ablation where it is not known or never fired", () => {
  const negative = latentDetailWith({ row: latentRowWith({ maxActivation: 1, minActivation: -4 }), quantiles: { p50: 1, p95: 2, p99: 3 } });
  expect(firstOperationOf(negative)).toEqual({ clamp: -3 });
  const dead = latentDetailWith({
    row: latentRowWith({ maxActivation: 0, minActivation: 0 }),
    quantiles: { p50: null, p95: null, p99: null },
  });
  expect(firstOperationOf(dead)).toBe("ablatePost");
  expect(firstOperationOf(undefined)).toBe("ablatePost");
});
