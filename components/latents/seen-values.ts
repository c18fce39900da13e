import type { LatentDetail } from "@/lib/contract/latent";
import { signOf } from "./value-unit";

/** Operations that have a value, and whether it counts only where the latent fires by itself. */
export type ValuedOperation = { readonly operation: "scale" | "clamp" | "minClamp" | "add"; readonly onlyIfFiring?: boolean | undefined };

/** The smallest and largest activation, 0 among them; null where the latent never fired or is not known. */
export function activationRange(detail: LatentDetail | undefined): readonly [number, number] | null {
  const max = detail?.row.maxActivation ?? null;
  const min = detail?.row.minActivation ?? null;
  return max === null || min === null ? null : [Math.min(0, min), Math.max(0, max)];
}

/**
 * Values up to which an edit leaves the latent among activations that were seen of it: of a factor, where the median firing would pass the largest one; of
 * what is added, where what stands at 0 (where only firings are added to, the median one) would pass the range. Null where that is not known.
 */
export function seenValues(
  { operation, onlyIfFiring }: ValuedOperation,
  detail: LatentDetail | undefined,
): readonly [number, number] | null {
  const range = activationRange(detail);
  if (operation === "scale") {
    const median = detail?.quantiles.p50 ?? 0;
    const largest = range === null ? 0 : Math.max(-range[0], range[1]);
    return median <= 0 || largest <= 0 ? null : [0, largest / median];
  }
  if (range === null || operation !== "add") return range;
  const from = onlyIfFiring === true ? signOf(detail) * (detail?.quantiles.p50 ?? 0) : 0;
  return [range[0] - from, range[1] - from];
}
