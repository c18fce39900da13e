import type { GeneratedToken, PromptReading, TopToken } from "@/lib/contract/generate";
import type { ChatLogprobs, CompletionLogprobs } from "@/lib/contract/openai-answer";

/** A token's log-probability and the most probable in its place, as chat completions have them. */
export function chatLogprobs(token: GeneratedToken): ChatLogprobs {
  const top = (token.top ?? []).map((one) => weighed(one.text, one.logProbability));
  return { content: [{ ...weighed(token.text, ownLogProbability(token)), top_logprobs: top }], refusal: null };
}

function weighed(token: string, logprob: number) {
  return { token, logprob, bytes: [...Buffer.from(token, "utf8")] };
}

/** Log-probabilities as completions have them, with each token's place in the answer's text. */
export class CompletionLog {
  private offset: number;

  /** @param offset characters of the tokens' text that the answer's text leaves out, less than 0 */
  constructor(offset = 0) {
    this.offset = offset;
  }

  prompt(tokens: readonly { text: string; id: number }[], readings: readonly PromptReading[]): CompletionLogprobs {
    return joinLogprobs(
      tokens.map(({ text, id }, at) => {
        const { logProbability = null, top } = readings[at] ?? {};
        return this.entry(text, logProbability === null ? null : ownLogProbability({ id, logProbability, top }), top);
      }),
    );
  }

  token(token: GeneratedToken): CompletionLogprobs {
    return this.entry(token.text, ownLogProbability(token), token.top);
  }

  private entry(text: string, logProbability: number | null, top: readonly TopToken[] | undefined): CompletionLogprobs {
    const offset = Math.max(0, this.offset);
    this.offset += [...text].length;
    return {
      tokens: [text],
      token_logprobs: [logProbability],
      top_logprobs: [logProbability === null ? null : topByText(text, logProbability, top ?? [])],
      text_offset: [offset],
    };
  }
}

export function joinLogprobs(parts: readonly CompletionLogprobs[]): CompletionLogprobs {
  return {
    tokens: parts.flatMap(({ tokens }) => tokens),
    token_logprobs: parts.flatMap(({ token_logprobs }) => token_logprobs),
    top_logprobs: parts.flatMap(({ top_logprobs }) => top_logprobs),
    text_offset: parts.flatMap(({ text_offset }) => text_offset),
  };
}

/** As it stands among the most probable, where it does: clients compare the two to see whether a token was the most probable. */
function ownLogProbability({ id, logProbability, top }: Pick<GeneratedToken, "id" | "logProbability"> & { top?: TopToken[] | undefined }) {
  return top?.find((one) => one.id === id)?.logProbability ?? logProbability;
}

/** Of several tokens with one text the most probable counts: parts of characters have none. */
function topByText(text: string, logProbability: number, top: readonly TopToken[]): Record<string, number> {
  const best = new Map<string, number>();
  for (const one of [...top, { text, logProbability }]) best.set(one.text, Math.max(best.get(one.text) ?? -Infinity, one.logProbability));
  return Object.fromEntries(best);
}
