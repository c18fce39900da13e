import type { FullWeights } from "@/server/engine/methods/full/full-weights";
import type { AdapterCost } from "@/server/engine/methods/method";
import type { Adapter } from "./adapter";

/** What a run trained at a model's projections: an adapter beside them, or weights in their place, each under its own name. */
export type Trained = Adapter | FullWeights;

/** @param trained undefined where a head is trained alone: it is counted apart */
export function trainedCost(trained: Trained | undefined): AdapterCost {
  return trained?.cost ?? { trainableParameters: 0, activeParameters: 0, bytes: 0, flopsPerToken: 0 };
}
