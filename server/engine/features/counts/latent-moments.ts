import type { ModuleStatistics } from "@/server/engine/features/module-statistics";

/** Of a latent's activations over its firings. */
export type LatentMoments = { meanActivation: number | null; meanSquare: number | null; skewness: number | null };

/** A variance below this part of the mean square is rounding. */
const leastSpread = 1e-10;

/** All null for a dead latent; skewness also where all activations are equal. */
export function latentMoments(module: ModuleStatistics, latent: number): LatentMoments {
  const count = module.fireCount[latent] ?? 0;
  if (count === 0) return { meanActivation: null, meanSquare: null, skewness: null };
  const mean = (module.sum[latent] ?? 0) / count;
  const meanSquare = (module.sumSquares[latent] ?? 0) / count;
  const meanCube = (module.sumCubes[latent] ?? 0) / count;
  const variance = meanSquare - mean ** 2;
  const isSpread = variance > leastSpread * meanSquare;
  const third = meanCube - 3 * mean * meanSquare + 2 * mean ** 3;
  return { meanActivation: mean, meanSquare, skewness: isSpread ? third / variance ** 1.5 : null };
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
