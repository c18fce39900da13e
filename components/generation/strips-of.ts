import type { Strip } from "@/components/plots/token-strips";
import type { LatentRef } from "@/lib/contract/edit";
import type { ArmName, GeneratedToken } from "@/lib/contract/generate";

/** KL beyond this many nats is drawn in the darkest step: one scale for both divergences and all runs. */
export const klMax = 3;

/** Change as a share of ‖W0 x‖ at which the darkest step begins. */
export const normMax = 0.5;

export type NamedStrip = Strip & { readonly name: string };

/**
 * The rows under an arm's tokens: its divergences, the watched latents, and in the edited arm how much was injected. A row of which nothing was
 * measured is left out.
 *
 * @param colourMaxOf top of a module's activation scale; 0 when it is not known
 */
export function stripsOf(
  arm: ArmName,
  tokens: readonly GeneratedToken[],
  watched: readonly LatentRef[],
  nameOf: (latent: LatentRef) => string,
  colourMaxOf: (latent: LatentRef) => number,
): NamedStrip[] {
  const strips: Omit<NamedStrip, "short">[] = [];
  if (arm !== "base")
    strips.push({ key: "klToBase", name: `KL ${arm} ‖ base`, ramp: "kl", max: klMax, values: tokens.map((token) => token.klToBase) });
  if (arm === "edited")
    strips.push({
      key: "klToAdapter",
      name: "KL edited ‖ adapter",
      ramp: "kl",
      max: klMax,
      values: tokens.map((token) => token.klToAdapter),
    });
  for (const [index, latent] of watched.entries()) {
    const values = tokens.map((token) => token.activations[index] ?? null);
    const known = colourMaxOf(latent);
    const max = known > 0 ? known : Math.max(1e-9, ...values.map((value) => Math.abs(value ?? 0)));
    strips.push({ key: `${latent.module} ${latent.index}`, name: nameOf(latent), ramp: "act", max, values });
  }
  if (arm === "edited")
    strips.push({
      key: "injectedNorm",
      name: "injected norm",
      ramp: "worse",
      max: normMax,
      values: tokens.map((token) => token.injectedNorm),
    });
  return strips
    .filter((strip) => strip.values.some((value) => value !== null))
    .map((strip, index) => ({ ...strip, short: String(index + 1) }));
}
