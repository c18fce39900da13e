import { describe, expect, it } from "vitest";
import { Random } from "@/lib/numbers/random";
import { bandEdges, bandExamples } from "@/server/engine/features/band-examples";
import { collectActivations } from "@/server/engine/features/collect";
import { type CollectionPlan, createCollectionStatistics } from "@/server/engine/features/collection-statistics";
import { bandList, exampleRows } from "@/server/engine/features/example-list";
import type { ModuleStatistics } from "@/server/engine/features/module-statistics";
import { layTokenBatch } from "@/server/engine/features/token-batch";
import { withoutUpdate } from "./random-pass";

const rowLength = 50;

/** Each latent fires with its own list of activations, one a position; 0 is no firing. */
function collected(activations: readonly Float32Array[], changes: Partial<CollectionPlan> = {}): ModuleStatistics {
  const width = activations.length;
  const positions = activations[0]?.length ?? 0;
  const rows = Array.from({ length: Math.ceil(positions / rowLength) }, (_, row) => {
    const length = Math.min(rowLength, positions - row * rowLength);
    return { row, ids: new Int32Array(length), domain: 0 };
  });
  const statistics = createCollectionStatistics({
    numLatents: new Map([["q", width]]),
    numDomains: 1,
    vocab: 2,
    rank: "value",
    coFiringPositions: 0,
    ...changes,
  });
  const inputs = rows.map((row) => ({ batch: layTokenBatch([row], 0).batch }));
  const forward = ({ batch }: (typeof inputs)[number]) => {
    const size = batch.ids.length;
    const at = (entry: number) => (batch.rows[0] ?? 0) * rowLength + Math.floor(entry / width);
    const indices = Int32Array.from({ length: size * width }, (_, entry) => entry % width);
    const values = Float32Array.from(indices, (latent, entry) => activations[latent]?.[at(entry)] ?? 0);
    return new Map([["q", withoutUpdate(indices, values, size)]]);
  };
  for (const _ of collectActivations(statistics, inputs, forward, { maxTokens: Infinity })) {
  }
  const module = statistics.modules.get("q");
  if (module === undefined) throw new Error("the module is gone");
  return module;
}

/** Firings of a latent that lie between two quantiles of their rank. */
function bandOf(activations: Float32Array, band: number): Float32Array {
  const sorted = activations.filter((value) => value !== 0).sort();
  const end = (edge: number) => Math.round((bandEdges[edge] ?? 1) * sorted.length);
  return sorted.slice(end(band), end(band + 1));
}

function meanOf(values: ArrayLike<number>): number {
  return Array.from(values).reduce((sum, value) => sum + value, 0) / values.length;
}

/**
 * How far the mean of a sample may be from that of the band it stands for: 4 standard errors, and half of a half octave, since ranks are known
 * to half an octave.
 */
function allowance(band: Float32Array, sampled: number): number {
  const mean = meanOf(band);
  const deviation = Math.sqrt(meanOf(band.map((value) => (value - mean) ** 2)));
  return (4 * deviation) / Math.sqrt(sampled) + (2 ** 0.25 - 1) * mean;
}

const isWithin = (sample: readonly number[], band: Float32Array) =>
  Math.abs(meanOf(sample) - meanOf(band)) <= allowance(band, sample.length);

describe("samples of a latent whose activations are known: two thirds weak, one third log-normal, silent at every other position", () => {
  const random = new Random(12);
  const draw = () => (random.next() < 2 / 3 ? 0.02 * Math.exp(0.5 * random.nextNormal()) : Math.exp(random.nextNormal()));
  const latents = Array.from({ length: 40 }, () => Float32Array.from({ length: 4000 }, (_, place) => (place % 2 === 0 ? draw() : 0)));
  const module = collected(latents);

  it("have in each rank-quantile band the band's mean, within 4 standard errors and half of a half octave", () => {
    latents.forEach((activations, latent) => {
      bandExamples(module, latent).forEach(({ examples }, band) => {
        expect(examples).toHaveLength(5);
        expect([
          latent,
          band,
          isWithin(
            examples.map(({ value }) => value),
            bandOf(activations, band),
          ),
        ]).toEqual([latent, band, true]);
      });
    });
  });

  it("have it over 40 such latents together, where the standard error is six times smaller", () => {
    for (let band = 0; band < 5; band++) {
      const samples = latents.flatMap((_, latent) => (bandExamples(module, latent)[band]?.examples ?? []).map(({ value }) => value));
      const all = latents.flatMap((activations) => [...bandOf(activations, band)]);
      expect([band, isWithin(samples, Float32Array.from(all))]).toEqual([band, true]);
    }
  });

  it("fail that very criterion when drawn as Neuronpedia does, from equal-width bins of the value range including zero", () => {
    const chance = new Random(5);
    for (const activations of latents) {
      const width = activations.reduce((max, value) => Math.max(max, value), 0) / 5;
      const failed = [0, 1, 2, 3, 4].filter((bin) => {
        const inBin = [...activations].filter((value) => Math.min(4, Math.floor(value / width)) === bin);
        if (inBin.length === 0) return true;
        const sample = Array.from({ length: 5 }, () => inBin[chance.nextBelow(inBin.length)] ?? 0);
        return !isWithin(sample, bandOf(activations, bin));
      });
      // The bins above the first show what none of those bands reaches, or nothing.
      expect(failed).toEqual(expect.arrayContaining([1, 2, 3]));
    }
  });

  it("are the band's own firings, whose activations lie between the ends that it states", () => {
    latents.forEach((activations, latent) => {
      const bands = bandExamples(module, latent);
      expect(bands.map(({ firings }) => firings)).toEqual([500, 500, 500, 400, 100]);
      bands.forEach(({ from, to, lowest, highest, examples }, band) => {
        const own = bandOf(activations, band);
        expect([from, to]).toEqual([bandEdges[band], bandEdges[band + 1]]);
        expect(own[0]).toBeGreaterThanOrEqual(lowest ?? Infinity);
        expect(own.at(-1)).toBeLessThanOrEqual(highest ?? 0);
        for (const { value, row, position } of examples) {
          expect(value).toBe(activations[row * rowLength + position]);
          expect(value >= (lowest ?? Infinity) && value <= (highest ?? 0)).toBe(true);
        }
        const order = examples.map(({ value }) => value);
        expect(order).toEqual([...order].sort((a, b) => b - a));
      });
    });
  });
});

describe("bandExamples", () => {
  it("has exact ranks while every half octave's firings are all kept", () => {
    // 20 firings, five a half octave: 1 … 1.04, 1.5 …, 2.1 …, 3 …
    const values = Float32Array.from({ length: 20 }, (_, at) => [1, 1.5, 2.1, 3][Math.floor(at / 5)] ?? 0).map(
      (value, at) => value + at / 1000,
    );
    const bands = bandExamples(collected([values]), 0, 9);
    expect(bands.map(({ examples }) => examples.map(({ value }) => value).reverse())).toEqual([
      [...values.subarray(0, 5)],
      [...values.subarray(5, 10)],
      [...values.subarray(10, 15)],
      [...values.subarray(15, 19)],
      [...values.subarray(19)],
    ]);
  });

  it("ranks a negative activation below all positive ones", () => {
    const values = Float32Array.from({ length: 12 }, (_, at) => at - 5.5);
    const bands = bandExamples(collected([values]), 0, 9);
    expect(bands.map(({ examples }) => examples.map(({ value }) => value))).toEqual([
      [-3.5, -4.5, -5.5],
      [-0.5, -1.5, -2.5],
      [2.5, 1.5, 0.5],
      [4.5, 3.5],
      [5.5],
    ]);
    expect(bands[0]).toMatchObject({ firings: 3, lowest: -5.5, highest: -(2 ** 1.5) });
    expect(bands[4]).toMatchObject({ firings: 1, lowest: 4, highest: 5.5 });
  });

  it("ranks by magnitude where components are signed, both signs together", () => {
    const values = Float32Array.of(1, -1.1, 2.2, -2.3, 4.1, -4.2, 8.1, -9);
    const bands = bandExamples(collected([values], { rank: "magnitude" }), 0, 9);
    expect(bands.map(({ examples }) => examples.map(({ value }) => value))).toEqual([
      [-1.1, 1].map(Math.fround),
      [-2.3, 2.2].map(Math.fround),
      [-4.2, 4.1].map(Math.fround),
      [-9, 8.1].map(Math.fround),
      [],
    ]);
    expect(bands[3]).toMatchObject({ lowest: 8, highest: 9 });
    expect(bands[4]).toEqual({ from: 0.95, to: 1, firings: 0, lowest: null, highest: null, examples: [] });
  });

  it("shows the likeliest firing in a band that is narrower than what a sample stands for", () => {
    // All 200 firings in one half octave, of which two are kept: each stands for 100 ranks.
    const values = Float32Array.from({ length: 200 }, (_, at) => 1 + at / 1000);
    const bands = bandExamples(collected([values], { samplesPerBin: 2 }), 0);
    expect(bands.map(({ examples }) => examples.length > 0)).toEqual([true, true, true, true, true]);
    expect(bands[4]?.examples).toHaveLength(1);
    expect(bands[4]?.examples[0]?.value).toBeGreaterThan(bands[0]?.examples[0]?.value ?? Infinity);
  });

  it("gives none for a latent that never fires", () => {
    expect(bandExamples(collected([new Float32Array(3), Float32Array.of(1, 0, 0)]), 0)).toEqual([]);
  });

  it("lists its samples as examples are stored, none folded, their rows among those to be kept", () => {
    const values = new Float32Array(120);
    for (const place of [10, 11, 60, 61, 110]) values[place] = 1;
    const module = collected([values]);
    const listed = bandList(module, 0, () => new Int32Array(rowLength)).flatMap(({ examples }) => examples);
    expect(listed).toHaveLength(5);
    expect(listed.find(({ row, position }) => row === 0 && position === 11)).toEqual({
      row: 0,
      position: 11,
      activation: 1,
      duplicates: 0,
      from: 0,
      to: 28,
      firingPositions: Int32Array.of(10, 11),
      firingActivations: Float32Array.of(1, 1),
    });
    expect(exampleRows([module])).toEqual([0, 1, 2]);
  });
});
