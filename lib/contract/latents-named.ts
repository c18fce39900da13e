import type { LatentRef } from "./edit";
import type { CollectionSummary } from "./latent";

type Modules = CollectionSummary["modules"];

/**
 * The latents that a typed name may mean: `L12 v_proj #87`, `12 v_proj 87`, `v_proj 87`, `L12 #87`, `layers.12.self_attn.v_proj 87`; of a single module a bare `87` as well.
 * Empty for what is no name, so that it is searched as a token instead.
 */
export function latentsNamed(text: string, modules: Modules): LatentRef[] {
  const parts = text.trim().split(/[\s:/#]+/);
  if (!/^\d+$/.test(parts.at(-1) ?? "")) return [];
  const index = Number(parts.at(-1));
  const isNamed = parts.length > 1;
  if (!isNamed && modules.length !== 1) return [];
  const isLayerAlone = /^L\d+$/i.test(parts.at(-2) ?? "");
  const name = isLayerAlone ? "" : (parts.at(-2) ?? "");
  const [, layer] = /^L?(\d+)$/i.exec(parts.at(isLayerAlone ? -2 : -3) ?? "") ?? [];
  return modules
    .filter((module) => index < module.numLatents)
    .filter((module) => !isNamed || module.name === name || module.name.endsWith(`.${name}`) || module.projection.startsWith(name))
    .filter((module) => layer === undefined || module.layer === Number(layer))
    .map((module) => ({ module: module.name, index }));
}
