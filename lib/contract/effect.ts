import { z } from "zod";
import { latentRef } from "./edit";

/** Mean change of a token's logit over firing positions, latent at its own value minus ablated; `halfWidth` of its 95 % interval, null where the change is exact. */
export const tokenChange = z.object({ token: z.string(), change: z.number(), halfWidth: z.number().nullable() });
export type TokenChange = z.infer<typeof tokenChange>;

/** A mean over rows with the half width of its 95 % interval, by the bootstrap over rows; null under two rows. */
const meanOverRows = z.object({ mean: z.number(), halfWidth: z.number().nullable() });

/**
 * What a latent gives the answers of an encoder's head, at its own value minus ablated: the mean over the rows in which it fires, of each class's
 * score and probability, or of the number.
 */
export const answerChange = z.discriminatedUnion("kind", [
  z.object({
    kind: z.literal("classes"),
    rows: z.int(),
    classes: z.array(z.object({ label: z.string(), score: meanOverRows, probability: meanOverRows })),
  }),
  z.object({ kind: z.literal("number"), rows: z.int(), change: meanOverRows }),
]);
export type AnswerChange = z.infer<typeof answerChange>;

/** How a latent is taken out: after TopK its slot stays empty; masked before TopK, the next latent takes the slot. */
export const ablationOperation = z.enum(["ablatePost", "ablatePre"]);
export type AblationOperation = z.infer<typeof ablationOperation>;

/**
 * Change of held-out cross-entropy when one latent is ablated: ablated minus unchanged, nats. Of an encoder each row has one loss and counts as one
 * label token; a regression's is a squared error.
 */
export const latentEffect = z.object({
  operation: ablationOperation,
  /** Over all label tokens of the text: the difference of two plain evaluations. Interval: paired by row, 95 %; null over fewer than 30 rows. */
  delta: z.number(),
  halfWidth: z.number().nullable(),
  /** The same change, summed, over the number of firings: what one firing is worth. Interval: null where it fires in fewer than 30 rows. */
  perFiring: z.number(),
  perFiringHalfWidth: z.number().nullable(),
  rows: z.int(),
  labelTokens: z.int(),
  firings: z.int(),
  byDomain: z.array(
    z.object({ domain: z.string(), delta: z.number(), halfWidth: z.number().nullable(), labelTokens: z.int(), firings: z.int() }),
  ),
  /** Random latents of the same module, matched on density and decoder norm, on the same rows. */
  controls: z.array(latentRef.omit({ module: true }).extend({ delta: z.number(), perFiring: z.number(), firings: z.int() })),
  /** What it writes, measured: the largest mean changes of logits at up to `positions` firing positions. */
  writes: z.object({ raised: z.array(tokenChange), lowered: z.array(tokenChange), positions: z.int() }).nullable(),
  /** Of an encoder alone: what it gives its head's answers, which stand for what it writes; null where it fires in no row. */
  answer: answerChange.nullable().optional(),
});
export type LatentEffect = z.infer<typeof latentEffect>;

/** `POST /api/collections/{collection}/effects`: measures latents by name, or the first of an order. */
export const measureEffectsRequest = z.object({
  latents: z.union([
    z.array(latentRef).min(1).max(256),
    z.object({ by: z.enum(["attribution", "outputShare", "selectivity"]), count: z.int().min(1).max(256), domain: z.string().optional() }),
  ]),
  operations: z.array(ablationOperation).min(1).default(["ablatePost", "ablatePre"]),
  /** Held-out rows. */
  rows: z.int().min(2).max(10_000).default(96),
  /** Controls a latent. */
  controls: z.int().min(0).max(64).default(8),
});
export type MeasureEffectsInput = z.input<typeof measureEffectsRequest>;
export type MeasureEffectsRequest = z.infer<typeof measureEffectsRequest>;
