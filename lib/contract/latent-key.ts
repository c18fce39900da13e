import type { LatentRef } from "./edit";

type Place = { readonly layer: number; readonly projection: string };

/** A module in short: `L2 q_proj`. */
export function moduleKey({ layer, projection }: Place): string {
  return `L${layer} ${projection}`;
}

/** A latent in short: `L2 q_proj #231`. */
export function latentKey({ index, ...place }: Place & { readonly index: number }): string {
  return `${moduleKey(place)} #${index}`;
}

/** The same by its module's whole name, for where the short one leaves a doubt: `model.layers.2.self_attn.q_proj #231`. */
export function wholeLatentKey({ module, index }: LatentRef): string {
  return `${module} #${index}`;
}
