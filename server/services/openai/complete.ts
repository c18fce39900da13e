import type { GenerateRequest } from "@/lib/contract/generate";
import type { Completion, CompletionChunk, CompletionLogprobs, FinishReason } from "@/lib/contract/openai-answer";
import type { CompletionRequest } from "@/lib/contract/openai-request";
import type { ServiceContext } from "@/server/services/context";
import { ServiceError } from "@/server/services/errors";
import { answerHead, finishOf, samplingOf, Usage } from "./answer-head";
import { choicesOf } from "./choices";
import { chooseTarget } from "./choose-target";
import { CompletionLog, joinLogprobs } from "./log-probabilities";

/** `POST /v1/completions`, whole. @throws ServiceError */
export async function complete(context: ServiceContext, request: CompletionRequest, signal: AbortSignal): Promise<Completion> {
  const choices = new Map<number, { text: string; logprobs: CompletionLogprobs[]; finish_reason: FinishReason }>();
  let last: CompletionChunk | undefined;
  for await (const chunk of completionChunks(context, { ...request, stream_options: { include_usage: true } }, signal)) {
    last = chunk;
    for (const { index, text, logprobs, finish_reason } of chunk.choices) {
      const choice = choices.get(index) ?? { text: "", logprobs: [], finish_reason: "length" };
      choice.text += text;
      if (logprobs !== null) choice.logprobs.push(logprobs);
      choice.finish_reason = finish_reason ?? choice.finish_reason;
      choices.set(index, choice);
    }
  }
  if (!last?.usage) throw new ServiceError("unavailable", "The generation was interrupted.");
  return {
    ...last,
    usage: last.usage,
    choices: [...choices]
      .sort(([a], [b]) => a - b)
      .map(([index, { logprobs, ...choice }]) => ({
        index,
        ...choice,
        logprobs: request.logprobs === undefined ? null : joinLogprobs(logprobs),
      })),
  };
}

/** `POST /v1/completions`, as it is made. @throws ServiceError, in the midst as well */
export async function* completionChunks(
  context: ServiceContext,
  request: CompletionRequest,
  signal: AbortSignal,
): AsyncGenerator<CompletionChunk, void> {
  const { n, echo, logprobs, max_tokens, best_of, stream_options } = request;
  if (best_of !== undefined && best_of !== n) {
    throw new ServiceError("invalid", "best_of: choosing among completions is not supported; n returns several.", { field: "best_of" });
  }
  const target = await chooseTarget(context, request.model, request.stanscope);
  const prompts = promptsOf(request.prompt);
  const base = { ...answerHead("cmpl", request.model, target), object: "text_completion" as const };
  const head = stream_options?.include_usage ? { ...base, usage: null } : base;
  const part = (index: number, text: string, ofText: CompletionLogprobs | null, reason: FinishReason | null = null): CompletionChunk => ({
    ...head,
    choices: [{ index, text, logprobs: ofText, finish_reason: reason }],
  });
  const usage = new Usage(n);
  const logs = new Map<number, CompletionLog>();
  const choices = choicesOf(
    context,
    {
      target,
      prompts,
      count: n,
      seed: request.seed,
      sampling: samplingOf(request, max_tokens),
      topLogProbabilities: logprobs ?? 0,
      promptLogProbabilities: echo && logprobs !== undefined,
    },
    signal,
  );
  for await (const event of choices) {
    const { index } = event;
    switch (event.kind) {
      case "prompt": {
        base.stanscope.precision = event.precision;
        usage.readPrompt(index, event.tokens.length);
        const whole = event.tokens.map(({ text }) => text).join("");
        const shown = prompts[Math.floor(index / n)]?.prompt || whole;
        const log = new CompletionLog(echo ? -[...whole.slice(0, Math.max(0, whole.indexOf(shown)))].length : 0);
        logs.set(index, log);
        if (echo) yield part(index, shown, logprobs === undefined ? null : log.prompt(event.tokens, event.readings));
        break;
      }
      case "token": {
        usage.wrote();
        const log = logprobs === undefined ? undefined : logs.get(index);
        if (event.text !== "" || log !== undefined) yield part(index, event.text, log?.token(event.token) ?? null);
        break;
      }
      case "end":
        yield part(index, event.text, null, finishOf(event.reason));
    }
  }
  if (stream_options?.include_usage) yield { ...head, choices: [], usage: usage.counts };
}

/** Strings, or lists of token ids. */
function promptsOf(prompt: CompletionRequest["prompt"]): Pick<GenerateRequest, "prompt" | "promptIds">[] {
  if (typeof prompt === "string") return [{ prompt }];
  const ids = prompt.filter((one) => typeof one === "number");
  if (ids.length > 0) return [{ prompt: "", promptIds: ids }];
  return prompt.flatMap((one) => {
    if (typeof one === "string") return [{ prompt: one }];
    return Array.isArray(one) ? [{ prompt: "", promptIds: one }] : [];
  });
}
