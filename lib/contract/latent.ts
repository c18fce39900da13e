import { z } from "zod";

/** A latent of a density above this counts as always on. */
export const alwaysOnDensity = 0.9;

export const collectionSummary = z.object({
  id: z.string(),
  runId: z.string(),
  name: z.string(),
  status: z.enum(["queued", "running", "finished", "failed", "cancelled"]),
  error: z.string().nullable(),
  step: z.int(),
  /** Counted positions: the denominator of every density. */
  tokens: z.int(),
  maxTokens: z.int(),
  contexts: z.int(),
  domains: z.array(z.object({ name: z.string(), tokens: z.int() })),
  modules: z.array(
    z.object({
      name: z.string(),
      layer: z.int(),
      projection: z.string(),
      numLatents: z.int(),
      dead: z.int(),
      alwaysOn: z.int(),
      /** 99.9th percentile of |activation|: the top of the colour scale of every latent in the module. */
      colourMax: z.number(),
    }),
  ),
  numLatents: z.int(),
  seconds: z.number().nullable(),
  createdAt: z.string(),
});
export type CollectionSummary = z.infer<typeof collectionSummary>;

/** One latent of one module in one collection; of a LoRA run, one rank component. */
export const latentRow = z.object({
  module: z.string(),
  layer: z.int(),
  projection: z.string(),
  index: z.int(),
  fireCount: z.int(),
  density: z.number(),
  /** Null for a dead latent, as are the other statistics over firing positions. */
  meanActivation: z.number().nullable(),
  maxActivation: z.number().nullable(),
  minActivation: z.number().nullable(),
  /** Largest share of domain-balanced firings in one domain; null when dead or without domains. */
  selectivity: z.number().nullable(),
  topDomain: z.string().nullable(),
  /** In the order of the collection's domains. */
  domainCounts: z.array(z.int()),
  topTokens: z.array(z.object({ token: z.string(), count: z.int(), lift: z.number() })),
});
export type LatentRow = z.infer<typeof latentRow>;

export const latentSortKeys = [
  "module",
  "index",
  "fireCount",
  "density",
  "meanActivation",
  "maxActivation",
  "minActivation",
  "selectivity",
] as const;
export const latentQuery = z.object({
  collectionId: z.string(),
  sort: z.enum(latentSortKeys).default("fireCount"),
  order: z.enum(["asc", "desc"]).default("desc"),
  offset: z.int().min(0).default(0),
  limit: z.int().min(1).max(500).default(100),
  module: z.string().optional(),
  layer: z.int().optional(),
  projection: z.string().optional(),
  state: z.enum(["all", "alive", "dead", "alwaysOn"]).default("all"),
  domain: z.string().optional(),
  densityMin: z.number().optional(),
  densityMax: z.number().optional(),
  maxActivationMin: z.number().optional(),
  maxActivationMax: z.number().optional(),
  selectivityMin: z.number().optional(),
  selectivityMax: z.number().optional(),
  /** Part of a top token's text. */
  token: z.string().max(100).optional(),
});
export type LatentQuery = z.infer<typeof latentQuery>;
export const latentPage = z.object({ rows: z.array(latentRow), total: z.int(), totalUnfiltered: z.int() });
export type LatentPage = z.infer<typeof latentPage>;

/** Distribution of one column over all latents of a collection, for the small histogram in a table's header. */
export const columnHistogram = z.object({
  column: z.enum(["density", "maxActivation", "meanActivation", "selectivity"]),
  scale: z.enum(["log", "linear"]),
  edges: z.array(z.number()),
  counts: z.array(z.int()),
});
export type ColumnHistogram = z.infer<typeof columnHistogram>;

/** Counts of |a| in half-octave bins; bin i holds [2^((i − 32)/2), 2^((i − 31)/2)), the ends hold all beyond. */
export const activationHistogram = z.object({ positive: z.array(z.int()).length(64), negative: z.array(z.int()).length(64) });

export const latentExample = z.object({
  /** 0 is the strongest. */
  rank: z.int(),
  activation: z.number(),
  domain: z.string().nullable(),
  /** Row of the corpus and token position in it. */
  row: z.int(),
  position: z.int(),
  /** Window around the firing token; `peak` is its place in `tokens`. Byte tokens are joined where they form characters. */
  peak: z.int(),
  tokens: z.array(z.object({ text: z.string(), activation: z.number() })),
  /** Contexts with the same tokens around the peak, folded into this one. */
  duplicates: z.int(),
});
export type LatentExample = z.infer<typeof latentExample>;

export const latentDetail = z.object({
  row: latentRow,
  tokens: z.int(),
  k: z.int(),
  numLatents: z.int(),
  colourMax: z.number(),
  histogram: activationHistogram,
  /** To half an octave, from the histogram: of |a| over firing positions. */
  quantiles: z.object({ p50: z.number().nullable(), p95: z.number().nullable(), p99: z.number().nullable() }),
  examples: z.array(latentExample),
  domains: z.array(z.object({ name: z.string(), fireCount: z.int(), tokens: z.int() })),
  /** Neighbours in the order of the query that came with the request. */
  previous: z.object({ module: z.string(), index: z.int() }).nullable(),
  next: z.object({ module: z.string(), index: z.int() }).nullable(),
});
export type LatentDetail = z.infer<typeof latentDetail>;
