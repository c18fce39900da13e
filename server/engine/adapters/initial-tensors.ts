import { Random } from "@/lib/numbers/random";
import type { AdapterModule, AdapterSettings, AdapterTensors } from "@/server/engine/methods/adapter-module";
import type { FrozenProjections } from "@/server/engine/methods/method";
import { methodOf } from "@/server/engine/methods/methods";

/**
 * The tensors that training starts from. One seed gives one start.
 *
 * @param projections the model's, where an update reads the frozen weight
 */
export function initialTensors(
  modules: readonly AdapterModule[],
  settings: AdapterSettings,
  seed: number,
  projections: FrozenProjections = [],
): Map<string, AdapterTensors> {
  const random = new Random(seed);
  const shared = methodOf(settings).shared?.start(modules, settings) ?? {};
  return new Map(modules.map((module) => [module.module, methodOf(module).start(module, settings, { random, projections, shared })]));
}
