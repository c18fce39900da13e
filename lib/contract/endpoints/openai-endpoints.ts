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
    "The API that OpenAI's clients and evaluation harnesses use. Unknown fields are ignored; unsupported fields that would change the result are refused by name.",
  endpoints: [
    {
      method: "POST",
      path: "/v1/chat/completions",
      summary: "Completes a chat with the model's own chat template.",
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
      summary: "Completes texts or token ids; with `echo` and `logprobs` also scores the prompt.",
      more: "Several prompts run together on the worker and are answered in order.",
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
      summary: "Every run that has an adapter: with the adapter, its base model alone, and with each list of saved edits.",
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
