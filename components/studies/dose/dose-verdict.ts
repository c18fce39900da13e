import { formatPlural } from "@/lib/numbers/format";
import type { DoseCurve } from "./dose-curves";

/** What the intervals allow to be said of one quantity, in a sentence; null while nothing is there to compare. */
export type DoseVerdict = { readonly key: string; readonly title: string; readonly sentence: string; readonly excludesZero: boolean };

/**
 * Compares a curve with the band of the matched random latents: a value counts as outside where the whole 95 % interval of the latent lies beyond the
 * lowest or the highest of them. Without random latents it is compared with the unchanged adapter.
 *
 * @param nameOf a value in words, `2 × p99`
 */
export function doseVerdict(curve: DoseCurve, nameOf: (value: number) => string): DoseVerdict | null {
  const { key, title, points, band } = curve;
  const compared = points.filter(({ halfWidth, x }) => halfWidth !== null && (band.length === 0 || bandAt(curve, x) !== undefined));
  if (compared.length === 0) return null;
  const outside = compared.flatMap(({ x, y, halfWidth }): { x: number; side: "above" | "below" }[] => {
    const bounds = bandAt(curve, x) ?? ownBounds(curve);
    const reach = halfWidth ?? 0;
    if (y - reach > bounds.high) return [{ x, side: "above" }];
    return y + reach < bounds.low ? [{ x, side: "below" }] : [];
  });
  const against = band.length > 0 ? `all ${Math.max(...band.map(({ count }) => count))} random latents` : "the unchanged adapter";
  if (outside.length === 0) {
    return {
      key,
      title,
      excludesZero: false,
      sentence: `${title}: not distinguishable from ${band.length > 0 ? "the random latents" : against} ${compared.length === 1 ? "at the one value" : `at any of ${compared.length} values`}.`,
    };
  }
  const sides = (["above", "below"] as const).flatMap((side) => {
    const at = outside.filter((one) => one.side === side).map(({ x }) => nameOf(x));
    return at.length === 0 ? [] : [`${side} ${against} at ${at.join(", ")}`];
  });
  return {
    key,
    title,
    excludesZero: true,
    sentence: `${title}: ${sides.join("; ")} (${outside.length} of ${formatPlural(compared.length, "value")}).`,
  };
}

function bandAt({ band }: DoseCurve, x: number): { low: number; high: number } | undefined {
  return band.find((one) => one.x === x);
}

function ownBounds({ reference, adapter }: DoseCurve): { low: number; high: number } {
  const at = reference === "zero" ? 0 : (adapter ?? 0);
  return { low: at, high: at };
}
