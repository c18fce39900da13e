import type { Trained } from "@/server/engine/adapters/trained";
import { FullWeights, planFull } from "@/server/engine/methods/full/full-weights";
import type { CausalModel } from "@/server/engine/models/causal-model";
import type { HeadTensor } from "@/server/engine/models/encoders/encoder-model";
import type { Projection } from "@/server/engine/models/projection";
import { type FullFolder, fullTensorsOf, isFullFolder, readFullFolder } from "@/server/files/adapters/full-folder";
import { FileError } from "@/server/files/file-error";
import { loadAdapter } from "./load-adapter";

/** Weights in the place of a model's own, none where a head was trained alone, and the tensors of a head. */
export type LoadedFull = { readonly weights: FullWeights | undefined; readonly head: ReadonlyMap<string, HeadTensor> };

/**
 * Reads what a run trained, an adapter or whole weights, into the engine, for the model that it was trained for.
 *
 * @throws FileError naming the file and the key or tensor, also when it belongs to another model, or to one with a head
 */
export function loadTrained(folder: string, model: CausalModel): Trained {
  if (!isFullFolder(folder)) return loadAdapter(folder, model);
  const { weights, head } = loadFull(folder, model.projections);
  if (weights !== undefined && head.size === 0) return weights;
  weights?.free();
  const [name] = head.keys();
  throw new FileError(
    "invalid",
    folder,
    `holds a head (${name}), but causal language models use their own; give the encoder that it was trained for`,
  );
}

/** @throws FileError naming the file and the tensor */
export function loadFull(folder: string, projections: readonly Projection[]): LoadedFull {
  return fullOf(folder, readFullFolder(folder), projections);
}

/**
 * The weights of a folder that has been read.
 *
 * @param folder named in errors
 * @throws FileError naming the tensor that is missing or of another shape, or the target that the model has not
 */
export function fullOf(folder: string, found: FullFolder, projections: readonly Projection[]): LoadedFull {
  const { training, target_modules: names, layers_to_transform: layers } = found.config;
  if (training === "head") return { weights: undefined, head: found.tensors };
  const modules = plannedModules(folder, projections, names === null ? null : { modules: names, layers });
  const tensors = fullTensorsOf(folder, found, new Map(modules.map((module) => [module.module, module])));
  return { weights: new FullWeights(modules, tensors.modules), head: tensors.head };
}

function plannedModules(folder: string, projections: readonly Projection[], targets: Parameters<typeof planFull>[1]) {
  try {
    return planFull(projections, targets);
  } catch (error) {
    throw new FileError("invalid", folder, error instanceof Error ? error.message : String(error), { cause: error });
  }
}
