import { latentMethodOf } from "@/lib/contract/methods/methods";
import { Adapter } from "@/server/engine/adapters/adapter";
import { planModules } from "@/server/engine/adapters/plan-modules";
import type { AdapterModule, AdapterSettings, AdapterTensors } from "@/server/engine/methods/adapter-module";
import type { FrozenLinear } from "@/server/engine/methods/frozen-linear";
import { methodOf } from "@/server/engine/methods/methods";
import type { AdaptableModule } from "@/server/engine/methods/targets";
import { randomValues } from "@/tests/server/engine/tensor/engines";
import { vectorsAround } from "@/tests/support/methods/methods";

/** An adapter that writes about as much as the base model does, so that an edit shows, with its tensors; with DoRA, the gains differ much from 1. */
export function randomAdapter(
  projections: readonly (AdaptableModule & Partial<FrozenLinear>)[],
  settings: AdapterSettings,
): { adapter: Adapter; tensors: ReadonlyMap<string, AdapterTensors> } {
  const modules = planModules(projections, settings);
  const tensors = new Map(modules.map((one, i): [string, AdapterTensors] => [one.module, randomTensors(one, i)]));
  return { adapter: new Adapter(modules, tensors, projections), tensors };
}

/** Random tensors, shaped as in a file of the method: a threshold is 0.5, other vectors lie around what the method's cases say. */
function randomTensors(module: AdapterModule, place: number): AdapterTensors {
  const { peft } = latentMethodOf(module);
  const sizes = { latents: module.numLatents, dIn: module.dIn, dOut: module.dOut, one: 1 };
  const parts = [...methodOf(module).shapes(module).keys()].map((part) => {
    const named = peft.tensors[part]?.shape ?? [];
    const shape = named.map((size) => sizes[size]);
    const size = shape.reduce((product, length) => product * length, 1);
    if (named.includes("one")) return [part, { shape, data: new Float32Array(size).fill(0.5) }];
    if (named.length === 1)
      return [part, { shape, data: randomValues(size, 2 * place + 3).map((value) => vectorsAround(module.method) + value) }];
    return [part, { shape, data: randomValues(size, 2 * place + (named.includes("dIn") ? 1 : 2)) }];
  });
  return Object.fromEntries(parts) as AdapterTensors;
}
