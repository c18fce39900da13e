import { z } from "zod";
import { latentRef } from "@/lib/contract/edit";
import type { CsvValue } from "@/lib/numbers/csv-field";

/** All our choice. */
export const forgettingDefaults = { rows: 128, candidates: 64, groupSize: 8, keptGain: 0.95, seed: 0 } as const;

/**
 * Which latents cost loss on general text, and what is left of both texts without them. They are estimated by integrated gradients, measured by groups,
 * then singly; one half of the rows of each text chooses what is proposed, the other half measures it.
 */
export const forgettingRequest = z.object({
  kind: z.literal("forgetting"),
  /** Text that the run did not learn, such as what the base model was trained on. */
  dataSetId: z.string().min(1),
  /** Of the dataset, evenly spaced. */
  generalRows: z.int().min(4).max(10_000).default(forgettingDefaults.rows),
  heldOutRows: z.int().min(4).max(10_000).default(forgettingDefaults.rows),
  /** Latents that are measured by groups, those that are estimated to cost most first. */
  candidates: z.int().min(1).max(1024).default(forgettingDefaults.candidates),
  groupSize: z.int().min(1).max(256).default(forgettingDefaults.groupSize),
  /** Share of the gain that a proposed set leaves on the rows that choose it. */
  keptGain: z.number().min(0).max(1).default(forgettingDefaults.keptGain),
  seed: z.int().default(forgettingDefaults.seed),
});
export type ForgettingRequest = z.infer<typeof forgettingRequest>;

/** Points of the path at which integrated gradients are read; our choice. */
export const forgettingMidpoints = 4;

/** Rows that are read at most, each time one is. */
export function rowsOfForgetting({
  generalRows,
  heldOutRows,
  candidates,
  groupSize,
}: Pick<ForgettingRequest, "generalRows" | "heldOutRows" | "candidates" | "groupSize">): number {
  const half = (rows: number) => Math.floor(rows / 2);
  const searched = half(generalRows) + half(heldOutRows);
  const reported = generalRows + heldOutRows - searched;
  const sets = 2 + Math.ceil(candidates / groupSize) + candidates + Math.ceil(Math.log2(candidates + 1));
  return forgettingMidpoints * half(generalRows) + sets * searched + 3 * reported;
}

/** A mean with its 95 % bootstrap interval over rows. */
const bounded = z.object({ value: z.number(), low: z.number(), high: z.number() });

/** What the adapter does to one text, nats per label token. */
const textLosses = z.object({ rows: z.int(), labelTokens: z.int(), base: z.number(), adapter: z.number() });

/** Latents that are ablated together, and what that does to the rows that search; negative on general text where they do harm. */
const ablated = z.object({
  latents: z.array(latentRef).min(1),
  /** Ablated minus adapter, nats per label token. */
  general: z.number(),
  own: z.number(),
});
export type AblatedLatents = z.infer<typeof ablated>;

/** The proposed set on one half of the rows. */
const trade = z.object({
  /** Adapter minus base on general text, before and after. */
  forgetting: bounded,
  forgettingAfter: bounded,
  /** Base minus adapter on the run's own text, before and after. */
  gain: bounded,
  gainAfter: bounded,
  /** Of the gain; null unless its interval lies above 0. */
  gainKept: bounded.nullable(),
});
export type ForgettingTrade = z.infer<typeof trade>;

export const forgettingResult = z.object({
  kind: z.literal("forgetting"),
  isHeldOut: z.boolean(),
  /** Of the rows that measure the proposed set. */
  general: textLosses,
  own: textLosses,
  /** Measured by groups, in the order of what they are estimated to cost on general text. */
  groups: z.array(ablated),
  /** Measured singly, those that cost most on general text first. */
  latents: z.array(ablated),
  /** What is proposed to be ablated; empty where nothing helps. */
  proposed: z.array(latentRef),
  /** On the rows that chose the set, where it looks better than it is. */
  expected: trade.nullable(),
  /** On the other rows. */
  measured: trade.nullable(),
});
export type ForgettingResult = z.infer<typeof forgettingResult>;

/** Latents that may be proposed, at most: as many edits as a list holds. */
export const mostProposed = 256;

export const forgettingColumns = ["measured", "module", "latent", "generalChange", "ownChange", "isProposed"];

/** A row for each latent of each group, and for each that was measured singly. */
export function forgettingCells({ groups, latents, proposed }: ForgettingResult): CsvValue[][] {
  const isProposed = new Set(proposed.map(({ module, index }) => `${index} ${module}`));
  const lines = (name: string, { latents: own, general, own: ofOwn }: AblatedLatents) =>
    own.map(({ module, index }) => [name, module, index, general, ofOwn, isProposed.has(`${index} ${module}`)]);
  return [...groups.flatMap((group, at) => lines(`group ${at + 1}`, group)), ...latents.flatMap((one) => lines("singly", one))];
}
