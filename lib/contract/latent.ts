import { z } from "zod";
import { latentConcept } from "./detection";
import { latentRef } from "./edit";
import { latentEffect, tokenChange } from "./effect";
import { latentLabel } from "./label";
import { latentSortKeys } from "./latent-columns/column-sorts";
import { countedToken } from "./latent-columns/counted-token";
import { latentSchemas } from "./latent-columns/latent-columns";
import { rangeColumns, rangesParameter } from "./latent-ranges";
import { positionGrid } from "./positions/position-kind";
import { positionKindName } from "./positions/positions";

/** A latent of a density above this counts as always on. */
export const alwaysOnDensity = 0.9;

/** What a collection's latents belong to: a run's adapter, or a dictionary that was imported from another tool. */
export const collectionOrigin = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("run"), runId: z.string() }),
  z.object({ kind: z.literal("neuronpedia"), modelId: z.string(), sourceId: z.string() }),
]);
export type CollectionOrigin = z.infer<typeof collectionOrigin>;

/** The largest rank of an update whose singular values are computed: of its components or of the narrower side of its module (our choice). */
export const mostSpectrumRank = 256;

export const collectionModule = z.object({
  name: z.string(),
  layer: z.int(),
  projection: z.string(),
  numLatents: z.int(),
  dead: z.int(),
  alwaysOn: z.int(),
  /** 99.9th percentile of |activation|: the top of the colour scale of every latent in the module. */
  colourMax: z.number(),
  /** Root of Σ‖Δ‖² / Σ‖W0 x‖² over counted positions: how large the module's update is beside what it is added to; null where it is not known. */
  updateNorm: z.number().nullable(),
  /** Root mean square of ‖W0 x‖ over counted positions: what a value as a share of it is a share of; null where not known. */
  frozenNorm: z.number().nullable().default(null),
  /** Quantiles of ‖Δ‖ / ‖W0 x‖ over counted positions, to a twelfth of an octave: the range that the adapter itself stays in; null where not known. */
  updateRange: z.object({ p50: z.number(), p99: z.number(), max: z.number() }).nullable().default(null),
  /** Mean over latents of |attribution|, dead ones as 0, nats; null where no backward pass was made. */
  meanAbsAttribution: z.number().nullable(),
  /** Of a dense method: exp of the entropy of its update's singular values over their sum; absent where they were not computed. */
  effectiveRank: z.number().optional(),
});
export type CollectionModule = z.infer<typeof collectionModule>;

export const collectionSummary = z.object({
  id: z.string(),
  origin: collectionOrigin,
  name: z.string(),
  status: z.enum(["queued", "running", "finished", "failed", "cancelled"]),
  error: z.string().nullable(),
  /** What a running collection is at, in words for a person; null when it does not run. */
  stage: z.string().nullable(),
  step: z.int(),
  /** What its positions are: how they are named and drawn. */
  positionKind: positionKindName,
  /** Counted positions: the denominator of every density. */
  tokens: z.int(),
  maxTokens: z.int(),
  contexts: z.int(),
  domains: z.array(
    z.object({
      name: z.string(),
      tokens: z.int(),
      /** Texts or images with a counted position; absent of collections from before texts were counted, and of imported dictionaries. */
      rows: z.int().optional(),
      /** Of a diffusion model, whose domains these are: every image is read at each. */
      timestep: z.int().optional(),
    }),
  ),
  /** Of images, where their labels are classes: how many of each. A diffusion model reads an image several times: then rows are readings, of so many images. */
  classes: z.array(z.object({ name: z.string(), rows: z.int(), images: z.int().optional() })).default([]),
  modules: z.array(collectionModule),
  numLatents: z.int(),
  /** Parts of the corpus that any worker takes; all are done when the pass ends. */
  shards: z.object({ done: z.int(), total: z.int() }),
  seconds: z.number().nullable(),
  createdAt: z.string(),
});
export type CollectionSummary = z.infer<typeof collectionSummary>;

/** Whether a diffusion model read images, each at several time steps: effects of its latents are not measured. */
export function isOfNoisyImages({ domains }: { readonly domains: readonly { readonly timestep?: number | undefined }[] }): boolean {
  return domains.some(({ timestep }) => timestep !== undefined);
}

/** One latent of one module in one collection; of a LoRA run, one rank component. */
export const latentRow = z.object(latentSchemas);
export type LatentRow = z.infer<typeof latentRow>;

export const latentQuery = z.object({
  collectionId: z.string(),
  sort: z.enum(latentSortKeys).default("fireCount"),
  order: z.enum(["asc", "desc"]).default("desc"),
  offset: z.int().min(0).default(0),
  limit: z.int().min(1).max(500).default(100),
  module: z.string().optional(),
  layerFrom: z.int().optional(),
  layerTo: z.int().optional(),
  projection: z.string().optional(),
  state: z.enum(["all", "alive", "dead", "alwaysOn"]).default("all"),
  domain: z.string().optional(),
  /** Ranges of numeric columns, `density:0.0001..0.01,maxActivation:4..`; a latent without a value is in no range. */
  ranges: rangesParameter.optional(),
  /** Part of a top token's text or of the label. */
  search: z.string().max(100).optional(),
  labelled: z.enum(["any", "none"]).optional(),
  /** `folded`: of latents that are near-duplicates of one another, only the first in the order (see `near-duplicates.ts`). */
  duplicates: z.enum(["shown", "folded"]).default("shown"),
});
export type LatentQuery = z.infer<typeof latentQuery>;
/** Latents that one request for rows takes at most. */
const mostPickedRows = 200;
/** Folded near-duplicates that are named under a row at most: they are all fetched by one request for rows. */
export const mostNamedDuplicates = mostPickedRows;
/** The near-duplicates folded under a row: how many there are, and the first of them. */
const foldedUnder = z.object({ count: z.int(), latents: z.array(latentRef) });
export type FoldedUnder = z.infer<typeof foldedUnder>;

export const latentPage = z.object({
  rows: z.array(latentRow),
  total: z.int(),
  totalUnfiltered: z.int(),
  /** Near-duplicates folded under each row. */
  folded: z.array(foldedUnder).default([]),
  /** Near-duplicates folded in the whole table. */
  totalFolded: z.int().default(0),
});
export type LatentPage = z.infer<typeof latentPage>;

/** `POST /api/collections/{collection}/rows` */
export const latentRowsRequest = z.object({ latents: z.array(latentRef).min(1).max(mostPickedRows) });
export type LatentRowsRequest = z.infer<typeof latentRowsRequest>;
export const latentRows = z.object({ rows: z.array(latentRow) });
export type LatentRows = z.infer<typeof latentRows>;

/** Distribution of one column over all latents of a collection, for the small histogram in a table's header. */
export const columnHistogram = z.object({
  column: z.enum(rangeColumns),
  scale: z.enum(["log", "linear"]),
  edges: z.array(z.number()),
  counts: z.array(z.int()),
});
export type ColumnHistogram = z.infer<typeof columnHistogram>;

/** Counts of |a| in half-octave bins; bin i holds [2^((i − 32)/2), 2^((i − 31)/2)), the ends hold all beyond. */
export const activationHistogram = z.object({ positive: z.array(z.int()).length(64), negative: z.array(z.int()).length(64) });

/** What of a context depends on the kind of its positions. */
const ofContext = {
  /** Where its positions form a grid. */
  grid: positionGrid.optional(),
  /** The row's label in the data, where it has one. */
  answer: z.string().optional(),
  /** Present where the image is stored (`GET …/contexts/{context}/image`); its window is then the whole input. */
  hasImage: z.literal(true).optional(),
  /** Of a noisy image, where it is stored as it was before noise was added (the same with `?of=clean`). */
  hasClean: z.literal(true).optional(),
};

export const latentExample = z.object({
  /** Place in its list, from 0. */
  rank: z.int(),
  activation: z.number(),
  domain: z.string().nullable(),
  /** Number of the stored row, by which its whole document is asked for. */
  context: z.int(),
  /** Row of the corpus and position in it. */
  row: z.int(),
  position: z.int(),
  /** Window around the firing position; `peak` is its place in `tokens`. Byte tokens are joined where they form characters. */
  peak: z.int(),
  tokens: z.array(z.object({ text: z.string(), activation: z.number() })),
  /** Contexts that are equal around the peak, folded into this one. */
  duplicates: z.int(),
  ...ofContext,
});
export type LatentExample = z.infer<typeof latentExample>;

/** A uniform sample of the firings between two quantiles of their rank by activation (by magnitude for LoRA). */
export const exampleBand = z.object({
  /** 0…1, of rank from the weakest. */
  from: z.number(),
  to: z.number(),
  /** Firings in the band, and the activations at its ends: estimates as `quantiles`, between which its examples lie. */
  firings: z.int(),
  lowest: z.number().nullable(),
  highest: z.number().nullable(),
  examples: z.array(latentExample),
});
export type ExampleBand = z.infer<typeof exampleBand>;

const relatedLatent = z.object({
  module: z.string(),
  index: z.int(),
  value: z.number(),
  label: z.string().nullable(),
  /** From its own statistics, as in the table (`automatic-label.ts`); empty where there is nothing to say. */
  automaticLabel: z.string(),
});

/**
 * Images in which a latent fires at one patch or more, of how many. Where each was read several times, these are readings, and `images` says of how many: an
 * interval counts those, since readings of one image are not independent.
 */
const countedImages = z.object({ fired: z.int(), of: z.int(), images: z.int().optional() });
export type CountedImages = z.infer<typeof countedImages>;

export const latentDetail = z.object({
  row: latentRow,
  positionKind: positionKindName,
  /** Counted positions. */
  tokens: z.int(),
  k: z.int(),
  numLatents: z.int(),
  colourMax: z.number(),
  histogram: activationHistogram,
  /** To half an octave, from the histogram: of |a| over firing positions. */
  quantiles: z.object({ p50: z.number().nullable(), p95: z.number().nullable(), p99: z.number().nullable() }),
  /** The strongest, from distinct contexts; of a dense component the strongest positive ones, then the strongest negative ones. */
  examples: z.array(latentExample),
  /** The weakest first; empty where the collection has no samples. */
  bands: z.array(exampleBand),
  /** Windows of matched length, drawn evenly, in which it never fires. */
  quiet: z.array(latentExample),
  nextTokens: z.array(countedToken),
  domains: z.array(
    z.object({ name: z.string(), fireCount: z.int(), tokens: z.int(), images: countedImages.optional(), timestep: z.int().optional() }),
  ),
  /** Of images, where their labels are classes. */
  classes: z.array(z.object({ name: z.string(), images: countedImages })).default([]),
  /**
   * Of images of one size: at each position, in how many of them it fires there. Absent where it never fires, and in collections that did not count.
   * Of noisy images as in `classes`.
   */
  places: z.object({ grid: positionGrid, fired: z.array(z.int()), of: z.int(), images: z.int().optional() }).optional(),
  /** Rank of its output share in its module, from 1; null where not known. */
  outputShareRank: z.int().nullable(),
  /**
   * Of a dense component: the largest singular values of what its module adds to the weights, and the share of each direction that the component writes;
   * the shares of a direction add up to 1 over the module. Null where not computed.
   */
  spectrum: z
    .object({ singularValues: z.array(z.number()), shares: z.array(z.number()) })
    .nullable()
    .default(null),
  /** Nearest by cosine, and most co-firing by normalised pointwise mutual information over `sampled` positions. */
  related: z.object({
    decoder: z.array(relatedLatent),
    encoder: z.array(relatedLatent),
    firesWith: z.array(relatedLatent.extend({ together: z.int() })),
    sampled: z.int(),
  }),
  /** norm · W_U applied to its decoder column; null where the module does not write to the residual stream. */
  logitEffect: z.object({ raised: z.array(tokenChange), lowered: z.array(tokenChange) }).nullable(),
  effects: z.array(latentEffect),
  /** From the training run: density over windows of training tokens; null where there is no record. */
  training: z.object({ density: z.array(z.object({ step: z.int(), density: z.number() })), steps: z.int() }).nullable(),
  /** Concepts of the run's detections of which it is among the best detectors, the newest detection first. */
  concepts: z.array(latentConcept).default([]),
  label: latentLabel.nullable(),
  /** Its row in the order of the query that came with the request, from 0; null where the query leaves it out. */
  place: z.int().nullable().default(null),
  /** Neighbours in that order. */
  previous: z.object({ module: z.string(), index: z.int() }).nullable(),
  next: z.object({ module: z.string(), index: z.int() }).nullable(),
});
export type LatentDetail = z.infer<typeof latentDetail>;

/** `GET /api/collections/{collection}/contexts/{context}/image` */
export const contextImageQuery = z.object({ of: z.enum(["image", "clean"]).default("image") });

/** `GET /api/collections/{collection}/contexts/{context}?module=&index=`: a whole row of the corpus as the model read it. */
export const latentContext = z.object({
  row: z.int(),
  domain: z.string().nullable(),
  /** The latent's activation where a stored window has it (0 where it does not fire there); null where no window reaches, so it is not known. */
  tokens: z.array(z.object({ text: z.string(), activation: z.number().nullable() })),
  ...ofContext,
});
export type LatentContext = z.infer<typeof latentContext>;
