import type { EncoderVariant } from "@/lib/contract/architectures/encoder-config";
import type { WeightShapes, WeightSource } from "@/server/engine/models/weights";
import { classifierModules, shapesOf } from "./classification-head";
import type { EncoderModel, HeadTensor } from "./encoder-model";

/** The tensors that a checkpoint's head should have, undefined where it has none at all. */
export function headShapesOf(config: EncoderVariant, source: WeightSource): WeightShapes | undefined {
  const hasHead = source.names().some((name) => name.startsWith("classifier."));
  if (!hasHead) return undefined;
  return shapesOf(classifierModules(config, config.numLabels));
}

export function readCheckpointHead(source: WeightSource, shapes: WeightShapes | undefined): ReadonlyMap<string, HeadTensor> | undefined {
  if (shapes === undefined) return undefined;
  return new Map([...shapes].map(([name, shape]) => [name, { shape, data: source.read(name) }]));
}

/** How many labels a head's tensors are for, undefined where they hold no head of this architecture. */
export function numLabelsOf({ head }: EncoderModel, tensors: ReadonlyMap<string, HeadTensor>): number | undefined {
  // The layer that gives the scores is the last.
  const scores = [...head(1, undefined).shapes.keys()].findLast((name) => name.endsWith(".weight"));
  return scores === undefined ? undefined : tensors.get(scores)?.shape[0];
}
