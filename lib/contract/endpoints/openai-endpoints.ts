import {
  chatCompletion,
  chatCompletionChunk,
  completion,
  completionChunk,
  openaiModel,
  openaiModelList,
} from "@/lib/contract/openai-answer";
import { chatCompletionRequest, completionRequest } from "@/lib/contract/openai-request";
import { type EndpointArea, events, json, jsonBody } from "./endpoint";

const streamed = "when `stream` is true; the last event is `[DONE]`";

export const openaiEndpoints = {
  name: "OpenAI-compatible",
  about:
    "What OpenAI's clients and evaluation harnesses speak. Fields that are not listed are passed over; those that would change the answer and are not there are refused by name.",
  endpoints: [
    {
      method: "POST",
      path: "/v1/chat/completions",
      summary: "Answers turns of a chat, in the model's own chat template.",
      body: jsonBody("ChatCompletionRequest", chatCompletionRequest, ({ chatRun }) => ({
        model: chatRun,
        messages: [{ role: "user", content: "Once upon a time" }],
        max_tokens: 32,
      })),
      answers: [json("ChatCompletion", chatCompletion), events("ChatCompletionChunk", chatCompletionChunk, "text/event-stream", streamed)],
      refusals: ["notFound", "conflict", "tooLarge", "unavailable", "busy"],
    },
    {
      method: "POST",
      path: "/v1/completions",
      summary: "Continues texts or token ids; with `echo` and `logprobs` it weighs the prompt itself.",
      more: "Several prompts are run together on the worker and answered in their order.",
      body: jsonBody("CompletionRequest", completionRequest, ({ run }) => ({
        model: run,
        prompt: "Once upon a time",
        max_tokens: 1,
        logprobs: 1,
        echo: true,
      })),
      answers: [json("Completion", completion), events("CompletionChunk", completionChunk, "text/event-stream", streamed)],
      refusals: ["notFound", "conflict", "tooLarge", "unavailable", "busy"],
    },
    {
      method: "GET",
      path: "/v1/models",
      summary: "Every run that has an adapter: with it, as its base model alone, and with each list of saved edits.",
      answers: [json("OpenaiModelList", openaiModelList)],
      refusals: [],
    },
    {
      method: "GET",
      path: "/v1/models/{model}",
      summary: "One of them, by any name that `model` takes.",
      answers: [json("OpenaiModel", openaiModel)],
      refusals: ["notFound"],
    },
  ],
} as const satisfies EndpointArea;
