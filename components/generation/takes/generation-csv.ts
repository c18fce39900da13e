import { toCsv } from "@/components/ui/save-file";
import { armNames, type Generation } from "./generation";

/** Every token of every arm with its numbers, one row each. */
export function generationCsv(generation: Generation): string {
  const latents = generation.watched.map((latent) => `${latent.module} ${latent.index}`);
  const rows = armNames.flatMap((arm) =>
    (generation.arms[arm]?.tokens ?? []).map((token, position) => [
      arm,
      position,
      token.id,
      token.text,
      token.logProbability,
      token.klToBase,
      token.klToAdapter,
      token.injectedNorm,
      ...generation.watched.map((_, index) => token.activations[index] ?? null),
    ]),
  );
  return toCsv(["arm", "position", "id", "token", "logProbability", "klToBase", "klToAdapter", "injectedNorm", ...latents], rows);
}
