import type { ModelSummary } from "@/lib/contract/model";
import { targetedProjections, targetName } from "./target-names";

export type ParameterCount = {
  /** One latent (or rank) of every targeted module: Σ (dIn + dOut). */
  perLatent: number;
  /** Modules over all chosen layers. */
  modules: number;
  /** By projection kind, over all chosen layers; `whole` is its weights and biases. */
  kinds: { name: string; perLatent: number; whole: number }[];
};

/** Counts what an adapter of one latent would hold: STAN trains `numLatents ×` that, LoRA `rank ×` that; full fine-tuning the whole. `layers` null means all. */
export function countParameters(model: ModelSummary, targets: readonly string[], layers: readonly number[] | null): ParameterCount {
  const numLayers = layers === null ? model.numLayers : layers.filter((layer) => layer < model.numLayers).length;
  const projections = targetedProjections(model, targets);
  const kinds = projections.map((projection) => ({
    name: targetName(projection, model.projections),
    perLatent: (projection.dIn + projection.dOut) * numLayers,
    whole: (projection.dIn + (projection.hasBias === true ? 1 : 0)) * projection.dOut * numLayers,
  }));
  return {
    perLatent: kinds.reduce((sum, kind) => sum + kind.perLatent, 0),
    modules: projections.length * numLayers,
    kinds,
  };
}
