import { isBatchTopK, type StanPart } from "@/lib/contract/methods/stan/settings";
import type { StanTensors } from "@/lib/contract/methods/stan/tensors";
import type { MergedPart } from "@/server/engine/methods/method";
import { columnsBeside, rowsBelow, timesAll } from "@/server/engine/methods/tensors";
import type { StanModule } from "./stan-module";

type Part = MergedPart<StanModule, StanTensors>;

/**
 * The latents of all parts one after another, with scaling 1: D has the weights and the scaling. TopK selects in each part apart. With BatchTopK, where
 * latents do not compete, each part's encoder is divided by its threshold and its decoder multiplied by it, so that all have the threshold 1.
 *
 * @throws RangeError for parts that select unlike each other, or a threshold that is not above 0
 */
export function mergeStan(parts: readonly [Part, ...Part[]]): { module: StanModule; tensors: StanTensors } {
  const [{ module: first }] = parts;
  for (const { module } of parts) demandAlike(first, module);
  const numLatents = parts.reduce((sum, { module }) => sum + module.numLatents, 0);
  const k = parts.reduce((sum, { module }) => sum + module.k, 0);
  const { parts: _, ...place } = first;
  const module: StanModule = { ...place, numLatents, k, scaling: 1 };
  const thresholds = parts.map(thresholdOf);
  const E = rowsBelow(parts.map(({ tensors }, at) => timesAll(tensors.E, 1 / (thresholds[at] ?? 1))));
  const D = columnsBeside(
    parts.map(({ module: own, tensors, weight }, at) => timesAll(tensors.D, weight * own.scaling * (thresholds[at] ?? 1))),
  );
  if (isBatchTopK(first)) return { module, tensors: { E, D, threshold: { shape: [1], data: Float32Array.of(1) } } };
  return {
    module: {
      ...module,
      parts: parts.flatMap(({ module: own }): readonly StanPart[] => own.parts ?? [own].map(({ numLatents, k }) => ({ numLatents, k }))),
    },
    tensors: { E, D },
  };
}

function demandAlike(first: StanModule, other: StanModule): void {
  if (first.selection !== other.selection)
    throw new RangeError(
      `${other.module} is selected by "${other.selection}" in one adapter and by "${first.selection}" in another: merge adapters of one selection`,
    );
  if (isBatchTopK(first) !== isBatchTopK(other))
    throw new RangeError(`${other.module} is selected by TopK in one adapter and by BatchTopK in another: merge adapters of one sparsity`);
}

/** 1 with TopK. */
function thresholdOf({ module, tensors }: Part): number {
  if (!isBatchTopK(module)) return 1;
  const value = tensors.threshold?.data[0] ?? 0;
  if (value > 0 && value < 1e30) return value;
  throw new RangeError(
    `${module.module} has the threshold ${value}; adapters with BatchTopK are merged only where thresholds are above 0 and trained`,
  );
}
