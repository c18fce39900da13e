import type { ModuleStatistics } from "@/server/engine/features/module-statistics";

/** A variance below this part of the mean square is rounding: two activations, as float32, differ by 6e-8 of themselves at least. */
const leastSpread = 1e-26;

/** Over the firings; null for a dead latent. */
export function meanActivation({ fireCount, sum }: ModuleStatistics, latent: number): number | null {
  return meanOf(sum, fireCount, latent);
}

/** Of the activations over the firings; null for a dead latent. */
export function meanSquare({ fireCount, sumSquares }: ModuleStatistics, latent: number): number | null {
  return meanOf(sumSquares, fireCount, latent);
}

/** Fisher's g₁, biased: third central moment over the 1.5th power of the second; null for a dead latent, and where all activations are equal. */
export function skewness({ moments, fireCount, sumSquares }: ModuleStatistics, latent: number): number | null {
  const variance = meanOf(moments.second, fireCount, latent);
  const third = meanOf(moments.third, fireCount, latent);
  const square = meanOf(sumSquares, fireCount, latent);
  if (variance === null || third === null || square === null) return null;
  return variance > leastSpread * square ? third / variance ** 1.5 : null;
}

function meanOf(sums: Float64Array, fireCount: Uint32Array, latent: number): number | null {
  const count = fireCount[latent] ?? 0;
  return count === 0 ? null : (sums[latent] ?? 0) / count;
}

/** Σ⟨c, Δ⟩ / Σ‖Δ‖²: the latent's part of the module's whole update; null where the update is 0 throughout. */
export function outputShare({ contributions, squares }: ModuleStatistics, latent: number): number | null {
  const whole = squares[0] ?? 0;
  return whole === 0 ? null : (contributions[latent] ?? 0) / whole;
}

/** √(Σ‖Δ‖² / Σ‖W0 x + b0‖²); null where nothing was counted or the frozen output is 0 throughout. */
export function updateNorm({ squares }: ModuleStatistics): number | null {
  const [ofUpdate = 0, ofBase = 0] = squares;
  return ofBase === 0 ? null : Math.sqrt(ofUpdate / ofBase);
}

/** Root mean square of ‖W0 x + b0‖ over the counted positions; null where there are none. */
export function frozenNorm({ squares }: ModuleStatistics, positions: number): number | null {
  return positions === 0 ? null : Math.sqrt((squares[1] ?? 0) / positions);
}
