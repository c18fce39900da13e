import type { AdapterModule } from "@/server/engine/methods/adapter-module";
import type { AdapterCost, ModuleCost } from "@/server/engine/methods/method";
import { methodOf } from "@/server/engine/methods/methods";
import type { AdaptableModule } from "@/server/engine/methods/targets";

/**
 * Floating point operations of the frozen model for one token, forward: two for each entry of its linear modules and of its head.
 * Attention over earlier tokens grows with their number and is not counted.
 */
export function baseFlopsPerToken(
  projections: readonly AdaptableModule[],
  head: { readonly dModel: number; readonly vocab: number },
): number {
  return projections.reduce((sum, { dIn, dOut }) => sum + 2 * dIn * dOut, 2 * head.dModel * head.vocab);
}

export function adapterCost(modules: readonly AdapterModule[]): AdapterCost {
  const costs = modules.map((module) => methodOf(module).cost(module));
  const sum = (part: keyof ModuleCost) => costs.reduce((total, cost) => total + cost[part], 0);
  const trainableParameters = sum("trainableParameters");
  const [first] = modules;
  const shared = first === undefined ? 0 : (methodOf(first).shared?.size(modules) ?? 0);
  return {
    trainableParameters,
    activeParameters: sum("activeParameters"),
    bytes: 4 * (trainableParameters + shared),
    flopsPerToken: sum("flopsPerToken"),
  };
}
