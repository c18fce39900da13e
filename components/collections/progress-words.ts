import type { CollectionSummary } from "@/lib/contract/latent";
import { formatCount, formatDuration } from "@/lib/numbers/format";

type Pass = Pick<CollectionSummary, "status" | "stage" | "tokens" | "maxTokens" | "shards">;

/** The stage of a pass. */
export function progressStage({ status, stage }: Pass): string {
  if (status === "queued") return "Queued";
  return stage === null || stage === "" ? "Collecting statistics" : stage.charAt(0).toUpperCase() + stage.slice(1);
}

/**
 * Tokens, shards, rate and time left, each if known.
 *
 * @param rate tokens a second, null before it is known
 */
export function progressFacts({ tokens, maxTokens, shards }: Pass, rate: number | null): string[] {
  const facts = [`${formatCount(tokens)} of at most ${formatCount(maxTokens)} tokens`];
  if (shards.total > 1) facts.push(`${formatCount(shards.done)} of ${formatCount(shards.total)} shards`);
  const isCounting = shards.total === 0 || shards.done < shards.total;
  if (rate === null || rate <= 0 || !isCounting) return facts;
  return [...facts, `${formatCount(rate)} tokens/s`, `${formatDuration((maxTokens - tokens) / rate)} left`];
}
