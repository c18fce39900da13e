import type { ArmName, EndReason, GeneratedToken } from "@/lib/contract/generate";
import { partialBytes } from "@/server/engine/text/stream-decode";
import type { Tokenizer } from "@/server/engine/text/tokenizer";
import { type Continuation, endOf } from "./continuation";
import { type Distribution, distributionOf, klDivergence, logProbability, mostProbable } from "./distribution";
import type { GenerationRequest } from "./generation-request";
import { sampleToken } from "./sampling";
import { topTokens } from "./top-tokens";

/** An arm's next token as its logits gave it, before it is read, and whether it is the arm's last. */
export type Choice = {
  readonly continuation: Continuation;
  readonly token: Omit<GeneratedToken, "activations" | "injectedNorm">;
  readonly end: EndReason | undefined;
};

/**
 * Chooses the next token of each running arm of one request, or gives all of them the one that the leading arm chose, and writes it to their texts.
 *
 * @throws RangeError when a logit is not a number; no arm is changed then
 */
export function chooseTokens(
  live: readonly Continuation[],
  tokenizer: Tokenizer,
  request: GenerationRequest,
  contextLength: number,
): Choice[] {
  const { sampling, forced, topLogProbabilities = 0 } = request;
  const distributions = live.map(({ logits, weights }) => distributionOf(logits, weights));
  const divergences = divergencesOf(live, distributions);
  const chosen = (arm: number): number => {
    const [continuation, distribution] = [live[arm], distributions[arm]];
    if (continuation === undefined || distribution === undefined) return 0;
    return sampleToken(distribution, continuation.ids, sampling, continuation.random.next());
  };
  const leader = forced !== undefined && "by" in forced ? live.findIndex(({ name }) => name === forced.by) : -1;
  const led = leader < 0 ? undefined : chosen(leader);
  return live.map((continuation, arm) => {
    const id = led ?? chosen(arm);
    const distribution = distributions[arm] as Distribution;
    const text = continuation.decoder.push(id);
    continuation.ids.push(id);
    continuation.text += text;
    const token = {
      id,
      ...(tokenizer.isSpecial(id) ? { text: tokenizer.tokenText(id), isSpecial: true } : { text, ...partialBytes(tokenizer, id, text) }),
      logProbability: logProbability(distribution, id),
      ...(divergences[arm] ?? { klToBase: null, klToAdapter: null }),
      ...topTokens(tokenizer, mostProbable(distribution, topLogProbabilities)),
    };
    return { continuation, token, end: endOf(continuation, tokenizer, request, contextLength) };
  });
}

type Divergences = Pick<GeneratedToken, "klToBase" | "klToAdapter">;

/** KL of each arm's next token to the base's and the adapter's, null where that arm is not running or has read other tokens. */
function divergencesOf(live: readonly Continuation[], distributions: readonly Distribution[]): Divergences[] {
  const indexOf = (name: ArmName) => live.findIndex((continuation) => continuation.name === name);
  const [base, adapter] = [indexOf("base"), indexOf("adapter")];
  const between = (arm: number, other: number): number | null => {
    const [own, against] = [live[arm], live[other]];
    const [p, q] = [distributions[arm], distributions[other]];
    if (own === undefined || against === undefined || p === undefined || q === undefined) return null;
    return haveReadTheSame(own, against) ? klDivergence(p, q) : null;
  };
  return live.map((_, arm) => ({ klToBase: between(arm, base), klToAdapter: between(arm, adapter) }));
}

function haveReadTheSame({ ids: a }: Continuation, { ids: b }: Continuation): boolean {
  if (a.length !== b.length) return false;
  // They part at the end far more often than at the beginning.
  for (let at = a.length - 1; at >= 0; at--) if (a[at] !== b[at]) return false;
  return true;
}
