import { bakingOf } from "@/lib/contract/baking";
import type { Edit } from "@/lib/contract/edit";
import type { AdapterModule, AdapterTensors } from "@/server/engine/methods/adapter-module";
import type { Baking } from "@/server/engine/methods/method";
import { methodOf } from "@/server/engine/methods/methods";
import { demandEdits } from "./edits";

export type BakedAdapter = { readonly modules: readonly AdapterModule[]; readonly tensors: ReadonlyMap<string, AdapterTensors> };

/**
 * Writes edits into an adapter's matrices: new ones, the given stay as they are. A latent that is masked before TopK is taken out, so its module
 * becomes narrower, and the indices of the latents after it fall by one.
 *
 * @throws RangeError when an edit cannot be written exactly, names what is not there, or all latents of a module are masked
 */
export function bakeEdits(
  modules: readonly AdapterModule[],
  tensors: ReadonlyMap<string, AdapterTensors>,
  edits: readonly Edit[],
): BakedAdapter {
  const [module] = modules;
  if (module === undefined) throw new RangeError("an adapter without modules has nothing to bake into");
  const { baked, refused } = bakingOf(edits, methodOf(module).bakedForm(module));
  const [first] = refused;
  if (first !== undefined) throw new RangeError(`${first.edit.operation} cannot be baked. ${first.reason}`);
  demandEdits(edits, modules, false);
  const made = modules.map((module) => bakeModule(module, tensors.get(module.module), bakingOfModule(module, baked)));
  return {
    modules: made.map(({ module }) => module),
    tensors: new Map(made.map(({ module, tensors }) => [module.module, tensors])),
  };
}

/** In the listed order; masking comes first wherever it stands, and what is masked is worth nothing. */
function bakingOfModule({ module, numLatents }: AdapterModule, edits: readonly Edit[]): Baking {
  const factors = new Float64Array(numLatents).fill(1);
  const dropped = new Set<number>();
  for (const edit of edits) {
    if ("latent" in edit && edit.latent.module !== module) continue;
    if ("module" in edit && edit.module !== module) continue;
    switch (edit.operation) {
      case "scale":
        factors[edit.latent.index] = (factors[edit.latent.index] as number) * edit.value;
        break;
      case "ablatePost":
        factors[edit.latent.index] = 0;
        break;
      case "ablatePre":
        dropped.add(edit.latent.index);
        break;
      case "isolate": {
        const kept = new Set(edit.indices);
        for (let index = 0; index < numLatents; index++) if (!kept.has(index)) factors[index] = 0;
        break;
      }
      case "moduleOff":
        factors.fill(0);
        break;
      default:
        throw new RangeError(`${edit.operation} cannot be baked`);
    }
  }
  if (dropped.size === numLatents)
    throw new RangeError(`all ${numLatents} latents of ${module} are masked, but a module needs at least one`);
  return { left: Array.from(factors.keys()).filter((index) => !dropped.has(index)), factors };
}

function bakeModule(
  module: AdapterModule,
  tensors: AdapterTensors | undefined,
  baking: Baking,
): { module: AdapterModule; tensors: AdapterTensors } {
  if (tensors === undefined) throw new RangeError(`${module.module}: the adapter's matrices are missing`);
  return methodOf(module).bake(module, tensors, baking);
}
