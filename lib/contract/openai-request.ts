import { z } from "zod";
import { editList } from "@/lib/contract/edit";
import { weightPrecision } from "@/lib/contract/run-config";

/** What a request may say beside OpenAI's own fields: which adapter speaks, and how it is edited. */
export const stanscopeFields = z.object({
  run: z.string().min(1).optional().describe("Id or unique name of a run; wins over `model`."),
  arm: z
    .enum(["base", "adapter", "edited"])
    .optional()
    .describe(
      "Which arm answers: the base model alone, with the run's adapter, or with the edits as well. If absent: edited if there are edits.",
    ),
  precision: weightPrecision.optional().describe("Absent: that of the run. `bfloat16` is faster and less exact."),
  edits: editList.optional().describe("The same list that the page Steer, saved edits and the headless commands take."),
});
export type StanscopeFields = z.infer<typeof stanscopeFields>;

const notSupported = (what: string) => `${what} is not supported. Leave it out`;

/** Fields of OpenAI's that would change the answer and that we do not have: only the value that changes nothing passes. */
const refused = {
  frequency_penalty: z
    .literal(0, { error: `${notSupported("A frequency penalty other than 0")}; repetition_penalty is there` })
    .optional()
    .describe("0 alone."),
  presence_penalty: z
    .literal(0, { error: `${notSupported("A presence penalty other than 0")}; repetition_penalty is there` })
    .optional()
    .describe("0 alone."),
  logit_bias: z
    .record(z.string(), z.unknown())
    .refine((bias) => Object.keys(bias).length === 0, { error: `${notSupported("A logit bias")}; an edit of latents is there` })
    .optional()
    .describe("Empty alone."),
  min_p: z
    .literal(0, { error: notSupported("A min_p other than 0") })
    .optional()
    .describe("0 alone."),
};

const text = z.string().max(1_000_000);
const tokenIds = z.array(z.int().min(0)).min(1).max(100_000);

const shared = {
  model: z
    .string()
    .default("")
    .describe(
      "Id or unique name of a run; `RUN:base` is its base model alone, `RUN:SAVED` the run with edits saved under that id or name.",
    ),
  temperature: z.number().min(0).max(10).default(1).describe("0 is greedy."),
  top_p: z
    .number()
    .min(0)
    .max(1)
    .default(1)
    .describe("Nucleus sampling: samples from the most probable tokens that together have this probability."),
  top_k: z.int().min(-1).default(0).describe("Samples from this many of the most probable tokens; 0 and −1: from all. Not OpenAI's."),
  repetition_penalty: z.number().min(0.1).max(10).default(1).describe("1 has no effect. Not OpenAI's."),
  seed: z.int().optional().describe("The same seed samples the same tokens; if absent, each request uses a new seed."),
  stop: z
    .union([z.string().max(1000), z.array(z.string().max(1000)).max(8)], { error: "a string, or a list of at most 8" })
    .default([])
    .describe("The text ends before the first of these."),
  n: z.int().min(1).max(128).default(1).describe("Completions per prompt; the i-th uses seed + i."),
  stream: z.boolean().default(false).describe("Server-sent events, one chunk per token, ending with `[DONE]`."),
  stream_options: z
    .object({ include_usage: z.boolean().default(false) })
    .optional()
    .describe("`include_usage` adds a last chunk with the counts of tokens."),
  stanscope: stanscopeFields.optional().describe("Which adapter answers, and its edits. In OpenAI's clients: `extra_body`."),
};

const textPart = z.object({ type: z.literal("text"), text });

/** Nothing is fetched: an image comes with the request. */
const dataAddress = z.string().regex(/^data:image\/(?:png|jpeg|webp);base64,[A-Za-z0-9+/]+={0,2}$/, {
  error: "only data addresses are read (data:image/png;base64,…; PNG, JPEG or WebP), since nothing is fetched: send the image itself",
});
const imagePart = z.object({
  type: z.literal("image_url"),
  image_url: z.object({ url: dataAddress, detail: z.string().optional() }, { error: "expected {url} with a data address" }),
});

/** One turn. Parts of text are joined; `developer` counts as `system`. */
export const openaiMessage = z.object({
  role: z.enum(["system", "developer", "user", "assistant"], { error: "system, developer, user or assistant; tools are not supported" }),
  content: z
    .union([text, z.array(z.discriminatedUnion("type", [textPart, imagePart]))], {
      error: "a string or a list of parts of type text or image_url; audio and tool calls are not supported",
    })
    .describe("A string, or parts of type text and, of a user's turn to a model that reads images, image_url with a data address."),
});
export type OpenaiMessage = z.infer<typeof openaiMessage>;

const noTools = z
  .array(z.unknown())
  .max(0, { error: notSupported("Calling tools") })
  .optional()
  .describe("Empty alone.");

/** `POST /v1/chat/completions` */
export const chatCompletionRequest = z.preprocess(
  withoutNulls,
  z.object({
    messages: z.array(openaiMessage).min(1).max(1000).describe("Turns for the model's own chat template."),
    max_completion_tokens: z.int().min(1).max(4096).optional().describe("Absent, 1024 or what is left of the context."),
    max_tokens: z.int().min(1).max(4096).optional().describe("The older name of the same."),
    logprobs: z.boolean().default(false).describe("Log-probability of each token, nats."),
    top_logprobs: z
      .int()
      .min(0)
      .max(20)
      .optional()
      .describe("Also of this many of the most probable tokens at its position; needs `logprobs`."),
    tools: noTools,
    functions: noTools,
    response_format: z
      .object({ type: z.literal("text", { error: `${notSupported("A response format other than text")}` }) })
      .optional()
      .describe("`text` alone."),
    modalities: z
      .array(z.literal("text", { error: notSupported("A modality other than text") }))
      .optional()
      .describe("`text` alone."),
    ...shared,
    ...refused,
  }),
);
export type ChatCompletionRequest = z.output<typeof chatCompletionRequest>;

/** `POST /v1/completions` */
export const completionRequest = z.preprocess(
  withoutNulls,
  z.object({
    prompt: z
      .union([text, z.array(text).min(1).max(1024), tokenIds, z.array(tokenIds).min(1).max(1024)], {
        error: "a string, a list of strings, token ids, or a list of lists of token ids",
      })
      .describe("Strings get the model's special tokens, as in training; token ids are taken as they are."),
    max_tokens: z.int().min(0).max(4096).default(16).describe("0 reads the prompt alone."),
    logprobs: z
      .int({ error: "a number of tokens, as in OpenAI's completions" })
      .min(0)
      .max(20)
      .optional()
      .describe("Log-probability of each token, nats, and of this many of the most probable at its position."),
    echo: z.boolean().default(false).describe("The prompt comes first, with its own log-probabilities."),
    best_of: z.int().optional().describe("The same as `n` alone."),
    suffix: z
      .string()
      .max(0, { error: notSupported("A suffix") })
      .optional()
      .describe("Empty alone."),
    ...shared,
    ...refused,
  }),
);
export type CompletionRequest = z.output<typeof completionRequest>;

/** Clients write null for what they leave out. */
function withoutNulls(body: unknown): unknown {
  if (typeof body !== "object" || body === null || Array.isArray(body)) return body;
  return Object.fromEntries(Object.entries(body).filter(([, value]) => value !== null));
}
