import type { ModuleReading } from "./module-reading";

/** Per token, the sum over all latents of all modules of the size of what they do. */
export function sumsByToken(readings: readonly ModuleReading[], tokens: number, measure: "outputShare" | "attribution"): Float64Array {
  const sums = new Float64Array(tokens);
  for (const { width, outputShares, attributions } of readings) {
    const values = measure === "outputShare" ? outputShares : attributions;
    if (values === null) continue;
    for (let at = 0; at < values.length; at++) {
      const token = Math.floor(at / width);
      sums[token] = (sums[token] ?? 0) + Math.abs(values[at] ?? 0);
    }
  }
  return sums;
}

/** One latent's activation at each token, 0 where it is not kept. */
export function activationsOf({ width, indices, activations }: ModuleReading, latent: number, tokens: number): Float32Array {
  const found = new Float32Array(tokens);
  for (let at = 0; at < indices.length; at++) {
    if (indices[at] === latent) found[Math.floor(at / width)] = activations[at] ?? 0;
  }
  return found;
}

/** The largest size among values: the top of a scale. */
export function largestOf(values: ArrayLike<number>): number {
  let largest = 0;
  for (let at = 0; at < values.length; at++) largest = Math.max(largest, Math.abs(values[at] ?? 0));
  return largest;
}
