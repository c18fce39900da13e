import { describe, expect, it } from "vitest";
import { activationSpread, bandsWithEnds } from "@/server/db/latents/activation-quantiles";
import type { StoredBand, StoredExample } from "@/server/db/latents/pack-examples";

/** 100 firings from 16 up to the largest, of 45. */
const histogram = new Uint32Array(128);
histogram.set([50, 30, 20], 40);
const row = { maxActivation: 45, minActivation: 0 };

const example = (activation: number): StoredExample => ({
  context: 0,
  position: 0,
  activation,
  duplicates: 0,
  from: 0,
  to: 1,
  firingPositions: [0],
  firingActivations: [activation],
});
const band = (from: number, to: number, ends: [number, number] | [null, null], activations: number[]): StoredBand => ({
  from,
  to,
  firings: 1,
  lowest: ends[0],
  highest: ends[1],
  examples: activations.map(example),
});

describe("bandsWithEnds", () => {
  it("ends at the quantiles that the page shows, and includes its examples", () => {
    const spread = activationSpread(histogram, row);
    const [lower, top, empty] = bandsWithEnds(
      [band(0.5, 0.95, [16, 45], [31.9]), band(0.95, 1, [32, 45], [40, 44]), band(1, 1, [null, null], [])],
      spread.histogram,
      row,
    );
    expect(lower?.lowest).toBe(spread.quantiles.p50);
    expect(lower?.highest).toBe(spread.quantiles.p95);
    expect(spread.quantiles.p95).toBeGreaterThan(40);
    expect([top?.lowest, top?.highest, empty?.lowest]).toEqual([40, 45, null]);
  });

  it("keeps the edges of a latent that has both signs", () => {
    const both = histogram.slice();
    both[100] = 1;
    const bands = [band(0.95, 1, [22, 33], [25])];
    expect(bandsWithEnds(bands, activationSpread(both, row).histogram, row)).toEqual(bands);
  });
});
