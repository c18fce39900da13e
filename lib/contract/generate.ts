import { z } from "zod";
import { editList, latentRef } from "@/lib/contract/edit";
import { failureCodes } from "@/lib/contract/failure";
import { weightPrecision } from "@/lib/contract/run-config";
import { tokenBytes } from "@/lib/contract/token-bytes";

export const samplingSettings = z.object({
  /** 0 reads the prompt alone. */
  maxTokens: z.int().min(0).max(4096).default(64),
  /** 0 is greedy. */
  temperature: z.number().min(0).max(10).default(0),
  topK: z.int().min(0).default(0),
  topP: z.number().min(0).max(1).default(1),
  repetitionPenalty: z.number().min(0.1).max(10).default(1),
  seed: z.int().default(0),
  stop: z.array(z.string().min(1)).max(8).default([]),
});
export type SamplingSettings = z.infer<typeof samplingSettings>;

/** The base model alone, with the run's adapter, with the adapter and edits, with another run's adapter. */
export const armName = z.enum(["base", "adapter", "edited", "other"]);
export type ArmName = z.infer<typeof armName>;

export const chatMessage = z.object({ role: z.enum(["system", "user", "assistant"]), content: z.string().max(1_000_000) });
export type ChatMessage = z.infer<typeof chatMessage>;

/** Stands in a text for an image: Unicode's OBJECT REPLACEMENT CHARACTER. */
export const imagePlace = "\uFFFC";

/** An image of a prompt: the bytes of a PNG, JPEG or WebP file in base64. */
export const promptImage = z.object({ name: z.string().min(1).max(200), data: z.base64().max(16 * 2 ** 20) });
export type PromptImage = z.infer<typeof promptImage>;

export const generateRequest = z.object({
  prompt: z.string().max(1_000_000).default(""),
  /** The prompt becomes a user's turn of the model's chat template. */
  useChatTemplate: z.boolean().default(false),
  /** Instead of the prompt: turns for the chat template. */
  messages: z.array(chatMessage).min(1).max(1000).optional(),
  /** Instead of both: token ids, used unchanged. */
  promptIds: z.array(z.int().min(0)).min(1).max(100_000).optional(),
  /**
   * For a model that reads images, in the order of their places: U+FFFC, or the image token as its tokenizer writes it. An image without a place comes
   * before the prompt, or the last of the user's turns.
   */
  images: z.array(promptImage).min(1).max(8).optional(),
  arms: z.array(armName).min(1).max(4).default(["base", "adapter", "edited"]),
  edits: editList.default([]),
  /** Whose adapter the arm `other` runs with; trained over the same base model. */
  otherRun: z.string().optional(),
  /**
   * Absent, each arm continues its own text. Else all arms read one text, so that every number compares position by position: the one that an arm of
   * the request writes, or one that is given.
   */
  forced: z.union([z.object({ by: armName }), z.object({ text: z.string().min(1).max(1_000_000) })]).optional(),
  /** What arms wrote before, token ids: they go on from there, and the seed's draws as well. */
  continued: z.partialRecord(armName, z.array(z.int().min(0)).max(100_000)).optional(),
  sampling: samplingSettings.prefault({}),
  /** Latents whose activation is reported at each token; edited ones are always reported. */
  watch: z.array(latentRef).max(16).default([]),
  /** Report the log-probability of each prompt token in each arm. */
  promptLogProbabilities: z.boolean().default(false),
  /** Report this many of the most probable tokens at each position. */
  topLogProbabilities: z.int().min(0).max(20).default(0),
  /**
   * Absent, the precision that the run was trained in. `bfloat16` is faster and less exact: a run in float32 then reads its prompt in float32 and makes
   * each new token with weights in bfloat16.
   */
  precision: weightPrecision.optional(),
  /** Keep it in the run's history. */
  isKept: z.boolean().default(false),
});
export type GenerateRequest = z.infer<typeof generateRequest>;

/** `POST /api/runs/{run}/generate`: streams `generateEvent`s, or answers once with a `generated` when `stream` is false. */
export const generateBody = generateRequest.extend({ stream: z.boolean().default(true) });

export const promptToken = z.object({ text: z.string(), bytes: tokenBytes, id: z.int() });

/** One of the most probable tokens at a position. */
export const topToken = z.object({ id: z.int(), text: z.string(), logProbability: z.number() });
export type TopToken = z.infer<typeof topToken>;

export const generatedToken = z.object({
  text: z.string(),
  bytes: tokenBytes,
  id: z.int(),
  /** A special token: `text` is its name and not part of the arm's text. */
  isSpecial: z.boolean().optional(),
  /** Natural log of the probability the arm gave the token. */
  logProbability: z.number(),
  /** KL(this arm ‖ base) and KL(this arm ‖ adapter) for the same prefix, where both arms have read the same tokens so far; else null. */
  klToBase: z.number().nullable(),
  klToAdapter: z.number().nullable(),
  /** Activation of each watched latent when this token was read as input, in the order of `watched`; null where the arm's adapter lacks the module. */
  activations: z.array(z.number().nullable()),
  /** ‖edited update − adapter's update‖ / ‖W0 x‖, the largest over edited modules; null in other arms. */
  injectedNorm: z.number().nullable(),
  /** The most probable in its place, most probable first; absent where none were asked for. */
  top: z.array(topToken).optional(),
});
export type GeneratedToken = z.infer<typeof generatedToken>;

/** `forcedText`: the text that all arms read is at its end; `stopped`: the reader went away. */
export const endReason = z.enum(["endOfText", "maxTokens", "stop", "contextFull", "forcedText", "stopped"]);
export type EndReason = z.infer<typeof endReason>;

/** How an arm reads one token of the prompt; null for the first, which nothing precedes. */
export const promptReading = z.object({ logProbability: z.number().nullable(), top: z.array(topToken).optional() });
export type PromptReading = z.infer<typeof promptReading>;

/** What `POST /api/runs/{run}/generate` streams, one JSON object a server-sent event. */
export const generateEvent = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("loading"), message: z.string() }),
  /** `precision`: in what new tokens are computed. */
  z.object({
    kind: z.literal("start"),
    precision: weightPrecision,
    promptTokens: z.array(promptToken),
    watched: z.array(latentRef),
  }),
  /** Once an arm, before its first token, where prompt log-probabilities were asked for; one entry a prompt token. */
  z.object({ kind: z.literal("prompt"), arm: armName, tokens: z.array(promptReading) }),
  z.object({ kind: z.literal("token"), arm: armName, token: generatedToken }),
  z.object({ kind: z.literal("armEnd"), arm: armName, reason: endReason, text: z.string() }),
  /** `generation` is its id in the history, where it was kept. */
  z.object({ kind: z.literal("end"), tokensPerSecond: z.number(), generation: z.string().optional() }),
  /** `code` says whose it is to mend; absent, the request's. */
  z.object({ kind: z.literal("error"), message: z.string(), code: z.enum(failureCodes).optional() }),
]);
export type GenerateEvent = z.infer<typeof generateEvent>;

export const generatedArm = z.object({
  arm: armName,
  text: z.string(),
  reason: endReason,
  tokens: z.array(generatedToken),
  prompt: z.array(promptReading).optional(),
});
export type GeneratedArm = z.infer<typeof generatedArm>;

/** A whole generation at once. */
export const generated = z.object({
  promptTokens: z.array(promptToken),
  watched: z.array(latentRef),
  arms: z.array(generatedArm),
  tokensPerSecond: z.number(),
  /** In what new tokens were computed; absent in what was kept before this was recorded. */
  precision: weightPrecision.optional(),
  generation: z.string().optional(),
});
export type Generated = z.infer<typeof generated>;
