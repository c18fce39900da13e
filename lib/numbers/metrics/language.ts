import { type SampleMetric, sampleRatio } from "./sample-metric";

/**
 * exp of the token-weighted mean loss: losses and tokens are summed before they are divided, so that it does not depend on how rows are
 * batched. ∞ where it is beyond the numbers.
 *
 * @param lossSum cross-entropy summed over tokens, nats
 * @throws RangeError unless tokens is above 0 and lossSum a number
 */
export function perplexity(lossSum: number, tokens: number): number {
  if (!(tokens > 0)) throw new RangeError(`perplexity over ${tokens} tokens: at least one label token is needed`);
  if (Number.isNaN(lossSum)) throw new RangeError("perplexity of a loss that is NaN");
  return Math.exp(lossSum / tokens);
}

/** `perplexity` of resamples of rows. @throws RangeError as `sampleRatio` */
export function perplexityOver(lossSums: ArrayLike<number>, tokens: ArrayLike<number>): SampleMetric {
  const loss = sampleRatio(lossSums, tokens);
  return (counts) => Math.exp(loss(counts));
}

/**
 * What a choice's summed log-likelihood is divided by before choices are compared, in lm-evaluation-harness's names: `none` is acc,
 * `characters` (code points of the choice) acc_norm, `bytes` (of UTF-8) acc_bytes; `tokens` is the mean over tokens (Brown et al. 2020,
 * section 2.4). Lengths are of the choice as it is written in the task, without the space that joins it to the prompt.
 */
export type LengthRule = "none" | "tokens" | "characters" | "bytes";

/** One possible answer of a multiple-choice question. */
export type Choice = {
  readonly text: string;
  /** ln P(choice | prompt), summed over its tokens. */
  readonly logLikelihood: number;
  /** That the choice has after the prompt. */
  readonly tokens: number;
};

/**
 * The choice with the largest log-likelihood by a length rule; of equal ones the first, as numpy's argmax.
 *
 * @returns its index
 * @throws RangeError for no choices, a log-likelihood that is NaN, or a length of 0 by the rule
 */
export function chosenAnswer(choices: readonly Choice[], rule: LengthRule): number {
  if (choices.length === 0) throw new RangeError("a question without choices");
  let best = 0;
  let bestScore = Number.NEGATIVE_INFINITY;
  for (const [i, choice] of choices.entries()) {
    const length = lengthOf(choice, rule);
    if (!(length > 0)) throw new RangeError(`choice ${i} has ${length} ${rule}: it cannot be compared by ${rule}`);
    if (Number.isNaN(choice.logLikelihood)) throw new RangeError(`the log-likelihood of choice ${i} is NaN`);
    const score = choice.logLikelihood / length;
    if (score > bestScore) [best, bestScore] = [i, score];
  }
  return best;
}

function lengthOf({ text, tokens }: Choice, rule: LengthRule): number {
  switch (rule) {
    case "none":
      return 1;
    case "tokens":
      return tokens;
    case "characters":
      return [...text].length;
    case "bytes":
      return new TextEncoder().encode(text).length;
  }
}
