import type { LatentRef } from "./edit";

type Place = { readonly layer: number; readonly projection: string };

/** A module in short: `L2 q_proj`. */
export function moduleKey({ layer, projection }: Place): string {
  return `L${layer} ${projection}`;
}

/** `L3 down_proj` of `model.layers.3.mlp.down_proj`, where nothing but its whole name is at hand; a name without a layer stays whole. */
export function moduleKeyOf(module: string): string {
  const [, layer, projection] = /\.(\d+)\.(?:.*\.)?([^.]+)$/.exec(module) ?? [];
  return layer === undefined || projection === undefined ? module : moduleKey({ layer: Number(layer), projection });
}

/** A latent in short: `L2 q_proj #231`. */
export function latentKey({ index, ...place }: Place & { readonly index: number }): string {
  return `${moduleKey(place)} #${index}`;
}

/** The same by its module's whole name, for where the short one leaves a doubt: `model.layers.2.self_attn.q_proj #231`. */
export function wholeLatentKey({ module, index }: LatentRef): string {
  return `${module} #${index}`;
}
