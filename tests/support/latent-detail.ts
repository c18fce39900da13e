import type { LatentDetail, LatentRow } from "@/lib/contract/latent";
import { unknownNumbers } from "@/lib/contract/latent-columns/latent-columns";

/** A latent of which nothing is known but that it fires at 7 of 110 tokens, with what a test changes. */
export function latentRowWith(change: Partial<LatentRow> = {}): LatentRow {
  return {
    module: "model.layers.2.self_attn.v_proj",
    layer: 2,
    projection: "v_proj",
    index: 3,
    fireCount: 7,
    density: 7 / 110,
    ...unknownNumbers,
    specificShare: null,
    attributionCount: 0,
    selectivityInterval: null,
    topDomain: null,
    domainCounts: [],
    topTokens: [],
    positiveTail: null,
    negativeTail: null,
    ablation: null,
    label: null,
    ...change,
  };
}

/** The same in full: without examples, effects, relations or a label. */
export function latentDetailWith(change: Partial<LatentDetail> = {}): LatentDetail {
  const none = new Array<number>(64).fill(0);
  return {
    row: latentRowWith(),
    positionKind: "token",
    tokens: 110,
    k: 2,
    numLatents: 7,
    colourMax: 5,
    histogram: { positive: none, negative: none },
    quantiles: { p50: null, p95: null, p99: null },
    examples: [],
    bands: [],
    quiet: [],
    nextTokens: [],
    domains: [],
    classes: [],
    outputShareRank: null,
    spectrum: null,
    related: { decoder: [], encoder: [], firesWith: [], sampled: 0 },
    logitEffect: null,
    effects: [],
    training: null,
    concepts: [],
    label: null,
    place: null,
    previous: null,
    next: null,
    ...change,
  };
}
