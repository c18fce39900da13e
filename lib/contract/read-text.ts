import { z } from "zod";
import { editList, latentRef } from "./edit";
import { labelSource } from "./label";
import { positionGrid } from "./positions/position-kind";
import { doseRequest } from "./study";
import { tokenBytes } from "./token-bytes";

/** Tokens that one reading takes; ours, so that a page's worth of latents stays within some megabytes. */
export const mostTextTokens = 512;

/** One latent at several values, and matched random latents beside it; the edits of the request stay on throughout. */
export const answerDoseRequest = doseRequest.pick({
  latent: true,
  operation: true,
  values: true,
  scope: true,
  onlyIfFiring: true,
  controls: true,
  seed: true,
});
export type AnswerDoseRequest = z.infer<typeof answerDoseRequest>;

/** What is asked of an input that is read, whatever it is. */
export const readingFields = {
  /**
   * Also a backward pass: −a·∂L/∂a of the text's own next-token loss; of an encoder of the loss of one class, −log p, and of a regression of the
   * number itself.
   */
  attribution: z.boolean().default(true),
  /** The class whose loss is attributed; absent, the most probable. */
  towards: z.string().min(1).max(400).optional(),
  /** A finished collection of the run: modules then come with its statistics of their latents, and the most specific latents with their labels. */
  collectionId: z.string().min(1).max(100).optional(),
  /** For an encoder: also its predictions with these edits and without the adapter. May be empty. */
  edits: editList.optional(),
  /** For an encoder: also its predictions with a latent at these values. */
  dose: answerDoseRequest.optional(),
};

/** `POST /api/runs/{run}/text`: what fires on this text. Answered by lines of JSON, one `textEvent` each. */
export const readTextRequest = z.object({
  text: z.string().min(1).max(20_000),
  useChatTemplate: z.boolean().default(false),
  /** The second text of a pair, for an encoder. */
  second: z.string().min(1).max(20_000).optional(),
  ...readingFields,
});
export type ReadTextInput = z.input<typeof readTextRequest>;
export type ReadTextRequest = z.infer<typeof readTextRequest>;

/**
 * A module's kept latents, token by token, `width` a token (k of STAN, all components of LoRA): base64 of little-endian int32 indices and float32
 * activations, contributions ⟨c, Δ⟩ / ‖Δ‖² of the token, and attributions in nats.
 */
export const textModule = z.object({
  kind: z.literal("module"),
  module: z.string(),
  layer: z.int(),
  projection: z.string(),
  width: z.int(),
  indices: z.string(),
  activations: z.string(),
  outputShares: z.string(),
  attributions: z.string().nullable(),
  /**
   * Where a collection was named: each latent that fires here once, by index (int32), with its firings in the collection (int32) and its largest
   * |activation| there (float32, 0 where it never fired).
   */
  collected: z.object({ indices: z.string(), firings: z.string(), largest: z.string() }).optional(),
});

/** Labels that come with a reading; ours. Those of other latents are read when they are shown. */
export const mostReadLabels = 500;

/** Of the latents most specific to the text: the label, or the words that are derived from top tokens, which may be none. */
const readLabels = z.object({
  kind: z.literal("labels"),
  labels: z.array(latentRef.extend({ text: z.string(), source: labelSource.or(z.literal("automatic")) })),
});
export type ReadLabel = z.infer<typeof readLabels>["labels"][number];

/** What an encoder's head makes of the whole text: score (a logit) and probability of each class, or a number. */
export const textAnswer = z.discriminatedUnion("kind", [
  z.object({
    kind: z.literal("classes"),
    classes: z.array(z.object({ label: z.string(), score: z.number(), probability: z.number() })),
  }),
  z.object({ kind: z.literal("number"), value: z.number() }),
]);
export type TextAnswer = z.infer<typeof textAnswer>;

/** An encoder's answers side by side. */
export const comparedAnswers = z.object({
  kind: z.literal("answers"),
  /** What does not look at the text: each class as probable as its share of the training rows, or their mean; null where those are not known. */
  constant: textAnswer.nullable(),
  /** The head over the base model, without the adapter. */
  base: textAnswer,
  adapter: textAnswer,
  /** With all edits that are on. */
  edited: textAnswer,
  /** Each edit that is on by itself, by its place in the list. */
  alone: z.array(z.object({ edit: z.int(), answer: textAnswer })),
  /** By token, with all edits: ‖edited update − adapter's update‖ / ‖W0 x‖, the largest over edited modules. */
  injectedNorms: z.array(z.number()),
});
export type ComparedAnswers = z.infer<typeof comparedAnswers>;

const dosedAnswer = z.object({ value: z.number(), answer: textAnswer });

/** An encoder's answers to one text over the values of a latent. */
export const answerDose = z.object({
  kind: z.literal("dose"),
  /** Without the studied edit, those that stay on throughout being on; and without the adapter. */
  adapter: textAnswer,
  base: textAnswer,
  /** By ascending value. */
  points: z.array(dosedAnswer),
  /** Random latents of the module at values multiplied by `factor`, so that as much is written: ‖D[:, latent]‖ / ‖D[:, control]‖; 1 for scale. */
  controls: z.array(z.object({ index: z.int(), factor: z.number(), points: z.array(dosedAnswer) })),
});
export type AnswerDose = z.infer<typeof answerDose>;

export const textEvent = z.discriminatedUnion("kind", [
  z.object({
    kind: z.literal("tokens"),
    tokens: z.array(
      z.object({
        id: z.int(),
        text: z.string(),
        bytes: tokenBytes,
        /** Cross-entropy of this token given those before; null for the first. */ loss: z.number().nullable(),
      }),
    ),
    modules: z.int(),
    isTruncated: z.boolean(),
    /** Of an encoder alone. */
    answer: textAnswer.optional(),
    /** The class whose loss is attributed; absent where nothing is, and for a regression. */
    attributedTo: z.string().optional(),
    /** Of a picture, whose positions are the tokens: it as the model reads it (base64 of WebP), how its patches lie, and its label where it has one. */
    picture: z.object({ image: z.string(), grid: positionGrid, label: z.string().nullable() }).optional(),
  }),
  /** Where `edits` were given. What modules keep, below, is before edits. */
  comparedAnswers,
  /** Where a `dose` was asked for. */
  answerDose,
  textModule,
  /** Where a collection was named, after the last module. */
  readLabels,
  z.object({ kind: z.literal("end"), seconds: z.number() }),
  z.object({ kind: z.literal("error"), message: z.string() }),
]);
export type TextEvent = z.infer<typeof textEvent>;
export type TextModule = z.infer<typeof textModule>;
