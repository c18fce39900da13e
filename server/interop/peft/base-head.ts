import { architectureOf, encoderNames } from "@/lib/contract/architectures/architectures";
import { parseVisionConfig } from "@/lib/contract/architectures/parse-model-config";
import type { ModelSummary } from "@/lib/contract/model";
import { openCheckpoint } from "@/server/files/weights/checkpoint-folder";

type Base = Pick<ModelSummary, "path" | "architecture" | "dModel">;

/** What a base model and the head over it have to do with each other. */
export type BaseHead = {
  /** Module that gives the scores: its weight is (numLabels, width). */
  readonly scores: string;
  readonly width: number;
  /** Other modules (dModel, dModel) that must lie beside the adapter; for a pooler that the checkpoint has this is not so. */
  readonly needed: readonly string[];
  /** Modules (dModel, dModel) that may lie there in the place of the checkpoint's own. */
  readonly possible: readonly string[];
  /** Labels of the head that the checkpoint itself has; undefined where it has none. */
  readonly ownLabels: number | undefined;
};

/**
 * The head that transformers' model for sequence or image classification has over an encoder.
 *
 * @throws FileError when the model's files are gone or damaged
 */
export function baseHead({ path, architecture, dModel }: Base): BaseHead {
  const { config, weights } = openCheckpoint(path);
  try {
    const names = new Set(weights.names());
    const has = (module: string) => names.has(`${module}.weight`);
    const labelsOf = (scores: string) => (has(scores) ? weights.shape(`${scores}.weight`)[0] : undefined);
    if (architectureOf(architecture)?.kind === "imageEncoder") {
      const { names: modules, pooled } = parseVisionConfig(config);
      return { scores: modules.scores, width: pooled.length * dModel, needed: [], possible: [], ownLabels: labelsOf(modules.scores) };
    }
    const { scores, dense, pooler } = encoderNames(architecture);
    const [width, ownLabels] = [dModel, labelsOf(scores)];
    const needed = dense === undefined ? [] : [dense];
    if (pooler === undefined) return { scores, width, needed, possible: [], ownLabels };
    const hasPooler = has(pooler) || has("pooler.dense");
    return { scores, width, needed: hasPooler ? needed : [...needed, pooler], possible: hasPooler ? [pooler] : [], ownLabels };
  } finally {
    weights.close();
  }
}
