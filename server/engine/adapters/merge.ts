import { latentMethodOf } from "@/lib/contract/methods/methods";
import type { AdapterModule, AdapterTensors } from "@/server/engine/methods/adapter-module";
import type { MergedPart } from "@/server/engine/methods/method";
import { methodOf } from "@/server/engine/methods/methods";

/** An adapter to be merged; its update is multiplied by its weight. */
export type WeightedAdapter = {
  readonly modules: readonly AdapterModule[];
  readonly tensors: ReadonlyMap<string, AdapterTensors>;
  readonly weight: number;
};

export type MergedAdapter = { readonly modules: readonly AdapterModule[]; readonly tensors: ReadonlyMap<string, AdapterTensors> };

/**
 * One adapter whose update is the weighted sum of those of several, exactly but for rounding: latents or ranks of a module one after another, in the order
 * of the adapters. A module that only some adapt has only their latents.
 *
 * @param order names of modules as the base model has them
 * @throws RangeError for adapters of different methods, of a method that cannot be merged, or with modules that cannot be
 */
export function mergeAdapters(adapters: readonly WeightedAdapter[], order: readonly string[]): MergedAdapter {
  const [first] = adapters.flatMap(({ modules }) => modules);
  if (first === undefined || adapters.length < 2) throw new RangeError(`merging takes two adapters or more, but got ${adapters.length}`);
  const merged = order.flatMap((name) => {
    const parts = adapters.flatMap(({ modules, tensors, weight }): MergedPart<AdapterModule, AdapterTensors>[] => {
      const module = modules.find((one) => one.module === name);
      if (module === undefined) return [];
      if (module.method !== first.method)
        throw new RangeError(`a ${labelOf(first)} and a ${labelOf(module)} adapter cannot be merged: choose adapters of one method`);
      const own = tensors.get(name);
      if (own === undefined) throw new RangeError(`${name}: the adapter's matrices are missing`);
      return [{ module, tensors: own, weight }];
    });
    const [one, ...others] = parts;
    return one === undefined ? [] : [mergeModule([one, ...others])];
  });
  return { modules: merged.map(({ module }) => module), tensors: new Map(merged.map(({ module, tensors }) => [module.module, tensors])) };
}

function mergeModule(parts: readonly [MergedPart<AdapterModule, AdapterTensors>, ...MergedPart<AdapterModule, AdapterTensors>[]]) {
  const [{ module }] = parts;
  const merge = methodOf(module).merge;
  if (merge === undefined) throw new RangeError(`${labelOf(module)} adapters cannot be merged: their matrices are shared by all modules`);
  return merge(parts);
}

function labelOf(module: AdapterModule): string {
  return latentMethodOf(module).label;
}
