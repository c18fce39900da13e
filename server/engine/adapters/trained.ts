import type { Adapter } from "./adapter";
import { type AdapterCost, adapterCost } from "./counting";
import type { FullWeights } from "./full-weights";

/** What a run trained at a model's projections: an adapter beside them, or weights in their place. */
export type Trained = Adapter | FullWeights;

/**
 * What is trained weighs; its flops are those beyond the base model's. Trained weights take the place of frozen ones, so a token takes no more of them.
 *
 * @param trained undefined where a head is trained alone: it is counted apart
 */
export function trainedCost(trained: Trained | undefined): AdapterCost {
  if (trained === undefined) return { trainableParameters: 0, activeParameters: 0, bytes: 0, flopsPerToken: 0 };
  if (trained.method !== "full") return adapterCost(trained.modules);
  const { trainableParameters, bytes } = trained;
  return { trainableParameters, activeParameters: trainableParameters, bytes, flopsPerToken: 0 };
}
