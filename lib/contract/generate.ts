import { z } from "zod";
import { editList, latentRef } from "@/lib/contract/edit";

export const samplingSettings = z.object({
  maxTokens: z.int().min(1).max(4096).default(64),
  /** 0 is greedy. */
  temperature: z.number().min(0).max(10).default(0),
  topK: z.int().min(0).default(0),
  topP: z.number().min(0).max(1).default(1),
  repetitionPenalty: z.number().min(0.1).max(10).default(1),
  seed: z.int().default(0),
  stop: z.array(z.string().min(1)).max(8).default([]),
});
export type SamplingSettings = z.infer<typeof samplingSettings>;

export const armName = z.enum(["base", "adapter", "edited"]);
export type ArmName = z.infer<typeof armName>;

export const generateRequest = z.object({
  prompt: z.string().max(100_000),
  useChatTemplate: z.boolean().default(false),
  arms: z.array(armName).min(1).max(3).default(["base", "adapter", "edited"]),
  edits: editList.default([]),
  sampling: samplingSettings,
  /** Latents whose activation is reported at each token; edited ones are always reported. */
  watch: z.array(latentRef).max(16).default([]),
});
export type GenerateRequest = z.infer<typeof generateRequest>;

export const generatedToken = z.object({
  text: z.string(),
  id: z.int(),
  /** Natural log of the probability the arm gave the token. */
  logProbability: z.number(),
  /** KL(this arm ‖ base) and KL(this arm ‖ adapter) for the same prefix, where both arms have read the same tokens so far; else null. */
  klToBase: z.number().nullable(),
  klToAdapter: z.number().nullable(),
  /** Activation of each watched latent when this token was read as input, in the order of `watched`; null where the module is off. */
  activations: z.array(z.number().nullable()),
  /** ‖edited update − adapter update‖ / ‖W0 x‖, the largest over edited modules; null in other arms. */
  injectedNorm: z.number().nullable(),
});
export type GeneratedToken = z.infer<typeof generatedToken>;

/** What `POST /api/runs/{run}/generate` streams, one JSON object a server-sent event. */
export const generateEvent = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("loading"), message: z.string() }),
  z.object({ kind: z.literal("start"), promptTokens: z.array(z.object({ text: z.string(), id: z.int() })), watched: z.array(latentRef) }),
  z.object({ kind: z.literal("token"), arm: armName, token: generatedToken }),
  z.object({
    kind: z.literal("armEnd"),
    arm: armName,
    reason: z.enum(["endOfText", "maxTokens", "stop", "contextFull"]),
    text: z.string(),
  }),
  z.object({ kind: z.literal("end"), tokensPerSecond: z.number() }),
  z.object({ kind: z.literal("error"), message: z.string() }),
]);
export type GenerateEvent = z.infer<typeof generateEvent>;
