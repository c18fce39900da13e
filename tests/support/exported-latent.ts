import type { LatentExample } from "@/lib/contract/latent";
import type { ExportedLatent } from "@/server/interop/neuronpedia/neuronpedia-lines";
import { latentRowWith } from "@/tests/support/latent-detail";

/** An example whose tokens fire by `activations`, its peak the first that does. */
export function example(texts: readonly string[], activations: readonly number[], place: Partial<LatentExample> = {}): LatentExample {
  const peak = activations.findIndex((activation) => activation !== 0);
  return {
    rank: 0,
    activation: activations[peak] ?? 0,
    domain: "recipes",
    context: 0,
    row: 5,
    position: peak,
    peak,
    tokens: texts.map((text, i) => ({ text, activation: activations[i] ?? 0 })),
    duplicates: 0,
    ...place,
  };
}

/** A latent of module `model.layers.3.q_proj` that fires 10 times in 200 tokens, up to 6, with two bands. */
export function exportedLatent(index: number, change: Partial<ExportedLatent["row"]> = {}): ExportedLatent {
  const positive = new Array<number>(64).fill(0);
  // [0.5, 0.71) and [4, 5.66).
  positive[30] = 7;
  positive[36] = 3;
  return {
    row: latentRowWith({
      module: "model.layers.3.q_proj",
      layer: 3,
      projection: "q_proj",
      index,
      fireCount: 10,
      density: 0.05,
      rowShare: 0.125,
      meanActivation: 1.5,
      meanSquare: 4,
      skewness: 1,
      maxActivation: 6,
      minActivation: 0.5,
      outputShare: 0.25,
      specificShare: 1.08,
      decoderNorm: 1,
      attribution: 0.125,
      attributionCount: 10,
      selectivity: 0.9,
      selectivityInterval: [0.7, 1],
      topDomain: "recipes",
      domainCounts: [8, 2],
      topTokens: [{ token: " cup", count: 7, error: 0, lift: 20 }],
      bornAtStep: 2,
      ...change,
    }),
    tokens: 200,
    histogram: { positive, negative: new Array<number>(64).fill(0) },
    quantiles: { p50: 0.625, p95: 5, p99: 5.5 },
    examples: [example(["one", " cup", " of"], [0, 6, 0]), example(["a", " cup", "!"], [0, 5, 0.5], { row: 7, context: 1, rank: 1 })],
    bands: [
      {
        from: 0,
        to: 0.75,
        firings: 7,
        lowest: 0.5,
        highest: 0.625,
        examples: [example(["b", " tbsp"], [0, 0.5], { row: 11, context: 2 })],
      },
      { from: 0.75, to: 1, firings: 3, lowest: 4, highest: 6, examples: [example(["c", " cup"], [0, 5], { row: 13, context: 3 })] },
    ],
    logitEffect: {
      raised: [{ token: " sugar", change: 2, halfWidth: null }],
      lowered: [{ token: " the", change: -1, halfWidth: null }],
    },
    related: {
      decoder: [
        { module: "model.layers.3.q_proj", index: 2, value: 0.5, label: null, automaticLabel: "" },
        { module: "model.layers.5.q_proj", index: 3, value: 0.25, label: null, automaticLabel: "" },
      ],
      encoder: [],
      firesWith: [],
      sampled: 0,
    },
    label: null,
  };
}
