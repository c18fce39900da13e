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
  firings: 100 * (to - from),
  lowest: ends[0],
  highest: ends[1],
  examples: activations.map(example),
});

describe("bandsWithEnds", () => {
  const signs = { ...row, isByMagnitude: false };
  const activations = (bands: readonly StoredBand[]) => bands.map(({ examples }) => examples.map(({ activation }) => activation));

  it("ends bands at the quantiles that the page shows, next to each other, with the examples that lie between them", () => {
    const spread = activationSpread(histogram, row);
    const stored = [band(0, 0.5, [16, 22.6], [18, 21]), band(0.5, 0.95, [16, 45], [22, 31.9]), band(0.95, 1, [32, 45], [24, 44])];
    const bands = bandsWithEnds({ top: [], bands: stored }, spread.histogram, signs);
    expect(bands.map(({ lowest, highest }) => [lowest, highest])).toEqual([
      [16, spread.quantiles.p50],
      [spread.quantiles.p50, spread.quantiles.p95],
      [spread.quantiles.p95, 45],
    ]);
    expect(activations(bands)).toEqual([[18, 21, 22], [31.9, 24], [44]]);
  });

  it("shows some of the strongest in a top band without samples, and leaves an empty band empty", () => {
    const { histogram: counts } = activationSpread(histogram, row);
    const stored = [band(0, 0.95, [16, 45], [18, 24]), band(0.95, 1, [32, 45], [30]), band(1, 1, [null, null], [])];
    const top = Array.from({ length: 9 }, (_, rank) => example(44.5 - rank / 8));
    expect(activations(bandsWithEnds({ top: [...top, example(20)], bands: stored.slice(0, 2) }, counts, signs))).toEqual([
      [18, 24, 30],
      [44.5, 44.25, 44, 43.75, 43.5],
    ]);
    expect(bandsWithEnds({ top, bands: stored }, counts, signs)[2]).toEqual(stored[2]);
  });

  it("keeps the bands of a latent whose every firing is stored, with their own ends", () => {
    const bands = [
      { ...band(0, 0.95, [16, 45], [18, 42]), firings: 2 },
      { ...band(0.95, 1, [16, 45], [43]), firings: 1 },
    ];
    const found = bandsWithEnds({ top: [], bands }, activationSpread(histogram, row).histogram, signs);
    expect(found.map(({ lowest, highest }) => [lowest, highest])).toEqual([
      [18, 42],
      [43, 43],
    ]);
  });

  it("takes both signs of a component that is ranked by magnitude, and keeps the bands of a latent that is not", () => {
    const both = histogram.slice();
    both.set([50, 30, 20], 104);
    const bands = [band(0, 0.95, [16, 45], [-20, -44]), band(0.95, 1, [16, 45], [18])];
    const found = bandsWithEnds({ top: [], bands }, activationSpread(both, row).histogram, { ...signs, isByMagnitude: true });
    expect(activations(found)).toEqual([[-20, 18], [-44]]);
    expect(bandsWithEnds({ top: [], bands }, activationSpread(both, row).histogram, signs)).toEqual(bands);
  });
});
