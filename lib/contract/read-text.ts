import { z } from "zod";

/** Tokens that one reading takes; ours, so that a page's worth of latents stays within some megabytes. */
export const mostTextTokens = 512;

/** `POST /api/runs/{run}/text`: what fires on this text. Answered by lines of JSON, one `textEvent` each. */
export const readTextRequest = z.object({
  text: z.string().min(1).max(20_000),
  useChatTemplate: z.boolean().default(false),
  /** Also a backward pass: −a·∂L/∂a of the text's own next-token loss. */
  attribution: z.boolean().default(true),
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
});

/** What an encoder's head makes of the whole text: the probability of each class, or a number. */
export const textAnswer = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("classes"), classes: z.array(z.object({ label: z.string(), probability: z.number() })) }),
  z.object({ kind: z.literal("number"), value: z.number() }),
]);
export type TextAnswer = z.infer<typeof textAnswer>;

export const textEvent = z.discriminatedUnion("kind", [
  z.object({
    kind: z.literal("tokens"),
    tokens: z.array(
      z.object({
        id: z.int(),
        text: z.string(),
        /** Cross-entropy of this token given those before; null for the first. */ loss: z.number().nullable(),
      }),
    ),
    modules: z.int(),
    isTruncated: z.boolean(),
    /** Of an encoder alone. */
    answer: textAnswer.optional(),
  }),
  textModule,
  z.object({ kind: z.literal("end"), seconds: z.number() }),
  z.object({ kind: z.literal("error"), message: z.string() }),
]);
export type TextEvent = z.infer<typeof textEvent>;
export type TextModule = z.infer<typeof textModule>;
