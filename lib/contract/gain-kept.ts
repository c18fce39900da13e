import { z } from "zod";
import type { CsvValue } from "@/lib/numbers/csv-field";

/**
 * How latents are ordered before all but the first are ablated: by integrated gradients from base model to adapter, by attribution (the gradient at the
 * adapter alone), by output share in their module, and at random.
 */
export const gainOrders = ["integrated", "attribution", "outputShare", "random"] as const;
/** Points of the path at which integrated gradients are read; our choice. */
export const pathMidpoints = 4;

export type GainOrder = (typeof gainOrders)[number];

/**
 * How much of an adapter's gain (held-out loss of the base model minus that of the adapter) remains with its first n latents alone. One half of the rows
 * orders the latents, the other half measures. All defaults are our choice.
 */
export const gainRequest = z.object({
  kind: z.literal("gain"),
  heldOutRows: z.int().min(4).max(10_000).default(128),
  /** Random orders, whose mean is the curve that the others are held against. */
  randomOrders: z.int().min(1).max(32).default(3),
  /** Draws the halves, the random orders and the intervals. */
  seed: z.int().default(0),
});
export type GainRequest = z.infer<typeof gainRequest>;

/** A mean or a share with its 95 % bootstrap interval over rows. */
const bounded = z.object({ value: z.number(), low: z.number(), high: z.number() });

export const gainPoint = z.object({
  /** Latents that stay; all others are ablated after TopK. */
  latents: z.int(),
  /** Cross-entropy, nats per label token; of random orders the mean over them. */
  loss: z.number(),
  /** Of the gain; null unless the gain's interval lies above 0. */
  share: bounded.nullable(),
  /** Of each random order; empty for the others. */
  lossByOrder: z.array(z.number()),
});
export type GainPoint = z.infer<typeof gainPoint>;

export const gainResult = z.object({
  kind: z.literal("gain"),
  isHeldOut: z.boolean(),
  /** Rows that order the latents, and rows that measure. */
  orderingRows: z.int(),
  rows: z.int(),
  /** Of the rows that measure. */
  labelTokens: z.int(),
  /** Of all modules. */
  latents: z.int(),
  baseLoss: z.number(),
  adapterLoss: z.number(),
  /** Base minus adapter, nats per label token. */
  gain: bounded,
  /** By ascending number of latents, from none to all; those measured so far. */
  curves: z.array(z.object({ order: z.enum(gainOrders), points: z.array(gainPoint) })),
});
export type GainResult = z.infer<typeof gainResult>;
export type GainCurve = GainResult["curves"][number];

/** Numbers of latents at which a curve is measured, none and all aside: powers of two, our choice. */
export function measuredCounts(latents: number): number[] {
  const counts: number[] = [];
  for (let count = 1; count < latents; count *= 2) counts.push(count);
  return counts;
}

/** The fewest latents measured that keep a share of the gain; undefined where none does. */
export function latentsThatKeep({ points }: GainCurve, share: number): number | undefined {
  return points.find((point) => point.share !== null && point.share.value >= share)?.latents;
}

/** Rows that are read, each time one is: the base model, the adapter, the orders, then every point of every curve. */
export function rowsOfGain({ heldOutRows, randomOrders }: Pick<GainRequest, "heldOutRows" | "randomOrders">, latents: number): number {
  const ordering = Math.floor(heldOutRows / 2);
  const measuring = heldOutRows - ordering;
  return (pathMidpoints + 2) * ordering + measuring * (2 + (gainOrders.length - 1 + randomOrders) * measuredCounts(latents).length);
}

export const gainColumns = ["order", "latents", "loss", "share", "shareLow", "shareHigh", "randomOrder"];

/** A row for each number of latents of each order; of random orders one for their mean and one for each. Losses in nats per label token. */
export function gainCells({ curves }: GainResult): CsvValue[][] {
  return curves.flatMap(({ order, points }) =>
    points.flatMap(({ latents, loss, share, lossByOrder }) => [
      [order, latents, loss, share?.value ?? null, share?.low ?? null, share?.high ?? null, null],
      ...lossByOrder.map((own, place) => [order, latents, own, null, null, null, place]),
    ]),
  );
}
