import type { EndReason } from "@/lib/contract/generate";
import type { FinishReason, OpenaiUsage } from "@/lib/contract/openai-answer";
import type { ChatCompletionRequest, CompletionRequest } from "@/lib/contract/openai-request";
import type { WeightPrecision } from "@/lib/contract/run-config";
import { newId } from "@/server/db/new-id";
import type { Target } from "./choose-target";

/** What every part of an answer begins with; its precision is known when the prompt has been read. */
export function answerHead(prefix: "chatcmpl" | "cmpl", model: string, { runId, arm }: Target) {
  return {
    id: `${prefix}-${newId()}`,
    created: Math.floor(Date.now() / 1000),
    model: model === "" ? runId : model,
    system_fingerprint: null,
    stanscope: { run: runId, arm, precision: "float32" as WeightPrecision },
  };
}

/** What the forms of a request have in common, as generation takes it. */
export function samplingOf(
  { temperature, top_p, top_k, repetition_penalty, stop }: ChatCompletionRequest | CompletionRequest,
  maxTokens: number,
) {
  return {
    maxTokens,
    temperature,
    topP: top_p,
    topK: Math.max(0, top_k),
    repetitionPenalty: repetition_penalty,
    stop: (typeof stop === "string" ? [stop] : stop).filter((words) => words !== ""),
  };
}

export function finishOf(reason: EndReason): FinishReason {
  return reason === "endOfText" || reason === "stop" ? "stop" : "length";
}

/** Counts the tokens of a request's answers; a prompt counts once, however many answers it has. */
export class Usage {
  private readonly answersPerPrompt: number;
  private prompt = 0;
  private completion = 0;

  constructor(answersPerPrompt: number) {
    this.answersPerPrompt = answersPerPrompt;
  }

  readPrompt(index: number, tokens: number): void {
    if (index % this.answersPerPrompt === 0) this.prompt += tokens;
  }

  wrote(): void {
    this.completion += 1;
  }

  get counts(): OpenaiUsage {
    return { prompt_tokens: this.prompt, completion_tokens: this.completion, total_tokens: this.prompt + this.completion };
  }
}
