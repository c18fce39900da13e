import type { ModuleReading } from "./module-reading";

/** The latents that a module keeps at one token with an activation, strongest first by size. */
export function keptAt({ width, indices, activations }: ModuleReading, token: number): { index: number; activation: number }[] {
  const kept: { index: number; activation: number }[] = [];
  for (let at = token * width; at < (token + 1) * width; at++) {
    const activation = activations[at] ?? 0;
    if (activation !== 0) kept.push({ index: indices[at] ?? 0, activation });
  }
  return kept.sort((a, b) => Math.abs(b.activation) - Math.abs(a.activation));
}
