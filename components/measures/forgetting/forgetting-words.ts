import type { ForgettingResult } from "@/lib/contract/forgetting";
import { formatFixed, formatPercent, formatPlural } from "@/lib/numbers/format";

/** What was found, for a person. */
export function forgettingWords({ general, proposed, measured, latents }: ForgettingResult, noun: string): string {
  const change = general.adapter - general.base;
  const before = `On general text the adapter’s loss is ${formatFixed(Math.abs(change), 4)} nats per token ${change > 0 ? "above" : "below"} the base model’s.`;
  if (measured === null)
    return latents.length === 0
      ? `${before} No group of candidates costs loss there, so nothing is proposed.`
      : `${before} Nothing is proposed: no set of ${noun}s lowers it and leaves enough of the gain.`;
  const { forgetting, forgettingAfter, gainKept } = measured;
  const undone = forgetting.low > 0 ? `, ${formatPercent(1 - forgettingAfter.value / forgetting.value)} of it undone` : "";
  const kept = gainKept === null ? "" : ` and ${formatPercent(gainKept.value)} of the gain kept`;
  const { value } = forgettingAfter;
  const after = `${formatFixed(Math.abs(value), 4)} ${value > 0 ? "above" : "below"}`;
  return `${before} Without ${formatPlural(proposed.length, noun)} it is ${after}${undone}${kept}, on rows that did not choose them.`;
}
