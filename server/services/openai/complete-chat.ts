import { imagePlace, type PromptImage } from "@/lib/contract/generate";
import type { ChatCompletion, ChatCompletionChunk, ChatLogprobs, FinishReason } from "@/lib/contract/openai-answer";
import type { ChatCompletionRequest, OpenaiMessage } from "@/lib/contract/openai-request";
import type { ServiceContext } from "@/server/services/context";
import { ServiceError } from "@/server/services/errors";
import { answerHead, finishOf, samplingOf, Usage } from "./answer-head";
import { choicesOf } from "./choices";
import { chooseTarget } from "./choose-target";
import { chatLogprobs } from "./log-probabilities";

/** Where a request names no limit; many small models never end by themselves. */
const tokensByDefault = 1024;

/** `POST /v1/chat/completions`, whole. @throws ServiceError */
export async function completeChat(context: ServiceContext, request: ChatCompletionRequest, signal: AbortSignal): Promise<ChatCompletion> {
  const choices = new Map<number, { content: string; weighed: ChatLogprobs["content"]; finish_reason: FinishReason }>();
  let last: ChatCompletionChunk | undefined;
  for await (const chunk of chatChunks(context, { ...request, stream_options: { include_usage: true } }, signal)) {
    last = chunk;
    for (const { index, delta, logprobs, finish_reason } of chunk.choices) {
      const choice = choices.get(index) ?? { content: "", weighed: [], finish_reason: "length" };
      choice.content += delta.content ?? "";
      choice.weighed.push(...(logprobs?.content ?? []));
      choice.finish_reason = finish_reason ?? choice.finish_reason;
      choices.set(index, choice);
    }
  }
  if (!last?.usage) throw new ServiceError("unavailable", "The generation was interrupted.");
  return {
    ...last,
    object: "chat.completion",
    usage: last.usage,
    choices: [...choices]
      .sort(([a], [b]) => a - b)
      .map(([index, { content, weighed, finish_reason }]) => ({
        index,
        message: { role: "assistant", content, refusal: null },
        logprobs: request.logprobs ? { content: weighed, refusal: null } : null,
        finish_reason,
      })),
  };
}

/** `POST /v1/chat/completions`, as it is made. @throws ServiceError, in the midst as well */
export async function* chatChunks(
  context: ServiceContext,
  request: ChatCompletionRequest,
  signal: AbortSignal,
): AsyncGenerator<ChatCompletionChunk, void> {
  const { n, logprobs, top_logprobs, stream_options } = request;
  if (top_logprobs !== undefined && !logprobs) {
    throw new ServiceError("invalid", "top_logprobs: needs logprobs to be true.", { field: "top_logprobs" });
  }
  const target = await chooseTarget(context, request.model, request.stanscope);
  const base = { ...answerHead("chatcmpl", request.model, target), object: "chat.completion.chunk" as const };
  const head = stream_options?.include_usage ? { ...base, usage: null } : base;
  const usage = new Usage(n);
  const choices = choicesOf(
    context,
    {
      target,
      prompts: [{ prompt: "", messages: request.messages.map(turnOf), images: request.messages.flatMap(imagesOf) }],
      count: n,
      seed: request.seed,
      sampling: samplingOf(request, request.max_completion_tokens ?? request.max_tokens ?? tokensByDefault),
      topLogProbabilities: top_logprobs ?? 0,
      promptLogProbabilities: false,
    },
    signal,
  );
  for await (const event of choices) {
    const { index } = event;
    const part = (delta: { role?: "assistant"; content?: string }, reason: FinishReason | null, weighed: ChatLogprobs | null) => ({
      ...head,
      choices: [{ index, delta, logprobs: weighed, finish_reason: reason }],
    });
    switch (event.kind) {
      case "prompt":
        base.stanscope.precision = event.precision;
        usage.readPrompt(index, event.tokens.length);
        yield part({ role: "assistant", content: "" }, null, null);
        break;
      case "token":
        usage.wrote();
        if (event.text !== "" || logprobs) yield part({ content: event.text }, null, logprobs ? chatLogprobs(event.token) : null);
        break;
      case "end":
        if (event.text !== "") yield part({ content: event.text }, null, null);
        yield part({}, finishOf(event.reason), null);
    }
  }
  if (stream_options?.include_usage) yield { ...head, choices: [], usage: usage.counts };
}

function turnOf({ role, content }: OpenaiMessage) {
  const words =
    typeof content === "string" ? content : content.map((part) => (part.type === "text" ? part.text : `${imagePlace}\n`)).join("");
  return { role: role === "developer" ? ("system" as const) : role, content: words };
}

/** @throws ServiceError for images in turns of others than the user */
function imagesOf({ role, content }: OpenaiMessage, turn: number): PromptImage[] {
  if (typeof content === "string") return [];
  return content.flatMap((part, at) => {
    if (part.type === "text") return [];
    const field = `messages.${turn}.content.${at}`;
    if (role !== "user")
      throw new ServiceError("invalid", `${field}: an image is in a turn of role ${role}; only a user's have any.`, { field });
    return [{ name: field, data: part.image_url.url.slice(part.image_url.url.indexOf(",") + 1) }];
  });
}
