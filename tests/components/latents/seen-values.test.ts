import { describe, expect, it } from "vitest";
import { activationRange, seenValues } from "@/components/latents/seen-values";
import { latentDetailWith, latentRowWith } from "@/tests/support/latent-detail";

const detail = latentDetailWith({
  row: latentRowWith({ maxActivation: 3, minActivation: -7 }),
  quantiles: { p50: 2, p95: 5, p99: 6 },
});

describe("values up to which a latent was seen", () => {
  it("hold 0 and all of its activations", () => {
    expect(activationRange(detail)).toEqual([-7, 3]);
    expect(activationRange(latentDetailWith({ row: latentRowWith({ maxActivation: 5, minActivation: 2 }) }))).toEqual([0, 5]);
    expect(activationRange(latentDetailWith())).toBeNull();
    expect(seenValues({ operation: "clamp" }, detail)).toEqual([-7, 3]);
  });

  it("are, added to a firing, what leaves the median one in range, on the side where the latent fires strongest", () => {
    expect(seenValues({ operation: "add" }, detail)).toEqual([-7, 3]);
    expect(seenValues({ operation: "add", onlyIfFiring: true }, detail)).toEqual([-5, 5]);
  });

  it("are, of a factor, up to where the median firing would be the largest", () => {
    expect(seenValues({ operation: "scale" }, detail)).toEqual([0, 3.5]);
    expect(seenValues({ operation: "scale" }, undefined)).toBeNull();
  });
});
