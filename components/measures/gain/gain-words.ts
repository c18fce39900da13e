import { type GainCurve, type GainOrder, type GainResult, latentsThatKeep } from "@/lib/contract/gain-kept";
import { formatFixed, formatInteger, formatPercent } from "@/lib/numbers/format";

export const orderNames: Readonly<Record<GainOrder, string>> = {
  integrated: "Integrated gradients",
  attribution: "Attribution",
  outputShare: "Output share",
  random: "Random",
};

/** The gain with its interval, and what may be said of shares of it. */
export function gainWords({ gain: { value, low, high }, rows, isHeldOut }: GainResult): string {
  const where = isHeldOut ? "held-out rows" : "rows that the run may have been trained on";
  const measured = `The adapter’s gain is ${formatFixed(value, 4)} nats per token, 95 % CI ${formatFixed(low, 4)} to ${formatFixed(high, 4)}, on ${formatInteger(rows)} ${where}.`;
  return low > 0 ? measured : `${measured} The interval does not lie above 0, so no share of it is given.`;
}

/** How few latents keep a share, by the best order measured. */
export function keptWords(curves: readonly GainCurve[], latents: number, noun: string): string | null {
  const found = curves
    .flatMap((curve) => {
      const count = curve.order === "random" ? undefined : latentsThatKeep(curve, 0.9);
      return count === undefined ? [] : [{ count, order: curve.order }];
    })
    .sort((a, b) => a.count - b.count)[0];
  if (found === undefined || found.count >= latents) return null;
  return `${formatInteger(found.count)} of ${formatInteger(latents)} ${noun}s (${formatPercent(found.count / latents)}), ordered by ${orderNames[found.order].toLowerCase()}, keep at least ${formatPercent(0.9, 0)} of it.`;
}
