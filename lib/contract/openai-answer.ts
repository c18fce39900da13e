import { z } from "zod";
import { weightPrecision } from "@/lib/contract/run-config";

/** Who speaks. */
const speaker = z.object({ run: z.string(), arm: z.enum(["base", "adapter", "edited"]) });
const speech = speaker.extend({ precision: weightPrecision.describe("Precision of the computation.") });

const usage = z.object({
  prompt_tokens: z.int().describe("Each prompt counts once, however many completions it has."),
  completion_tokens: z.int(),
  total_tokens: z.int(),
});
export type OpenaiUsage = z.infer<typeof usage>;

const finishReason = z
  .enum(["stop", "length"])
  .describe("`stop`: an end-of-text token or a stop string; `length`: as many as asked for, or a full context.");
export type FinishReason = z.infer<typeof finishReason>;

const weighed = z.object({
  token: z.string(),
  logprob: z.number(),
  bytes: z.array(z.int()).nullable().describe("The token's text in UTF-8; a character split over tokens is given at the last of them."),
});
const chatLogprobs = z.object({ content: z.array(weighed.extend({ top_logprobs: z.array(weighed) })), refusal: z.null() });
export type ChatLogprobs = z.infer<typeof chatLogprobs>;

/** One entry a token, the prompt's first where it is echoed. */
const completionLogprobs = z.object({
  tokens: z.array(z.string()),
  token_logprobs: z.array(z.number().nullable()).describe("Null for a prompt's first token."),
  top_logprobs: z.array(z.record(z.string(), z.number()).nullable()).describe("Always includes the chosen token."),
  text_offset: z.array(z.int()).describe("Where the token begins in the text, in characters."),
});
export type CompletionLogprobs = z.infer<typeof completionLogprobs>;

const head = {
  id: z.string(),
  created: z.int().describe("Seconds since 1970."),
  model: z.string(),
  system_fingerprint: z.null(),
  stanscope: speech,
};

export const chatCompletion = z.object({
  ...head,
  object: z.literal("chat.completion"),
  choices: z.array(
    z.object({
      index: z.int(),
      message: z.object({ role: z.literal("assistant"), content: z.string(), refusal: z.null() }),
      logprobs: chatLogprobs.nullable(),
      finish_reason: finishReason,
    }),
  ),
  usage,
});
export type ChatCompletion = z.infer<typeof chatCompletion>;

export const chatCompletionChunk = z.object({
  ...head,
  object: z.literal("chat.completion.chunk"),
  choices: z
    .array(
      z.object({
        index: z.int(),
        delta: z.object({ role: z.literal("assistant").optional(), content: z.string().optional() }),
        logprobs: chatLogprobs.nullable(),
        finish_reason: finishReason.nullable(),
      }),
    )
    .describe("Empty in the chunk that holds the counts."),
  usage: usage.nullable().optional(),
});
export type ChatCompletionChunk = z.infer<typeof chatCompletionChunk>;

const textChoice = z.object({
  index: z.int().describe("The prompts' answers in their order, n each."),
  text: z.string(),
  logprobs: completionLogprobs.nullable(),
  finish_reason: finishReason,
});

export const completion = z.object({ ...head, object: z.literal("text_completion"), choices: z.array(textChoice), usage });
export type Completion = z.infer<typeof completion>;

export const completionChunk = z.object({
  ...head,
  object: z.literal("text_completion"),
  choices: z.array(textChoice.extend({ finish_reason: finishReason.nullable() })).describe("Empty in the chunk that holds the counts."),
  usage: usage.nullable().optional(),
});
export type CompletionChunk = z.infer<typeof completionChunk>;

export const openaiModel = z.object({
  id: z.string().describe("Accepted as `model`: a run's id, `RUN:base`, or `RUN:SAVED`."),
  object: z.literal("model"),
  created: z.int(),
  owned_by: z.literal("stanscope"),
  stanscope: speaker.extend({
    name: z.string().describe("The run's name; `model` accepts it if it is unique."),
    base_model: z.string(),
    saved: z.string().nullable().describe("The name of the saved edits."),
  }),
});
export type OpenaiModel = z.infer<typeof openaiModel>;
export const openaiModelList = z.object({ object: z.literal("list"), data: z.array(openaiModel) });

/** The body of every answer under /v1 that is not a success; in a stream, the last event. */
export const openaiFailure = z.object({
  error: z.object({
    message: z.string(),
    type: z.enum(["invalid_request_error", "server_error"]),
    param: z.string().nullable(),
    code: z.string().nullable(),
  }),
});
export type OpenaiFailure = z.infer<typeof openaiFailure>;
