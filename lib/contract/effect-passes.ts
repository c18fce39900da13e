import type { MeasureEffectsRequest } from "./effect";

/** Forward passes of one row that a measurement of so many latents takes at most: a control that several share is measured once. */
export function mostEffectPasses(latents: number, { operations, rows, controls }: Omit<MeasureEffectsRequest, "latents">): number {
  return rows * (1 + latents * operations.length * (1 + controls));
}
