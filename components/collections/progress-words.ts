import type { CollectionSummary } from "@/lib/contract/latent";
import { positionKindOf } from "@/lib/contract/positions/positions";
import { capitalised, formatCount, formatDuration } from "@/lib/numbers/format";

type Pass = Pick<CollectionSummary, "status" | "stage" | "positionKind" | "tokens" | "maxTokens" | "shards">;

/** The stage of a pass. */
export function progressStage({ status, stage }: Pass): string {
  if (status === "queued") return "Queued";
  return stage === null || stage === "" ? "Collecting statistics" : capitalised(stage);
}

/**
 * Positions, shards, rate and time left, each if known.
 *
 * @param rate positions a second, null before it is known
 */
export function progressFacts({ positionKind, tokens, maxTokens, shards }: Pass, rate: number | null): string[] {
  const { plural } = positionKindOf(positionKind);
  // How many there will be is known once the data are read.
  const facts = [`${formatCount(tokens)} of ${tokens === 0 ? "at most " : ""}${formatCount(maxTokens)} ${plural}`];
  if (shards.total > 1) facts.push(`${formatCount(shards.done)} of ${formatCount(shards.total)} shards`);
  const isCounting = shards.total === 0 || shards.done < shards.total;
  if (rate === null || rate <= 0 || !isCounting) return facts;
  return [...facts, `${formatCount(rate)} ${plural}/s`, `${formatDuration((maxTokens - tokens) / rate)} left`];
}
