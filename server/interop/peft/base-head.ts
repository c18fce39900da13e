import { encoderNames } from "@/lib/contract/architectures/architectures";
import type { ModelSummary } from "@/lib/contract/model";
import { openCheckpoint } from "@/server/files/weights/checkpoint-folder";

type Base = Pick<ModelSummary, "path" | "architecture" | "dModel">;

/** What a base model and the head over it have to do with each other. */
export type BaseHead = {
  /** Module that gives the scores: its weight is (numLabels, dModel). */
  readonly scores: string;
  /** Other modules (dModel, dModel) that must lie beside the adapter; for a pooler that the checkpoint has this is not so. */
  readonly needed: readonly string[];
  /** Modules (dModel, dModel) that may lie there in the place of the checkpoint's own. */
  readonly possible: readonly string[];
  /** Labels of the head that the checkpoint itself has; undefined where it has none. */
  readonly ownLabels: number | undefined;
};

/**
 * The head that transformers' model for sequence classification has over an encoder.
 *
 * @throws FileError when the model's files are gone or damaged
 */
export function baseHead({ path, architecture }: Base): BaseHead {
  const { weights } = openCheckpoint(path);
  try {
    const names = new Set(weights.names());
    const has = (module: string) => names.has(`${module}.weight`);
    const { scores, dense, pooler } = encoderNames(architecture);
    const ownLabels = has(scores) ? weights.shape(`${scores}.weight`)[0] : undefined;
    const needed = dense === undefined ? [] : [dense];
    if (pooler === undefined) return { scores, needed, possible: [], ownLabels };
    const hasPooler = has(pooler) || has("pooler.dense");
    return { scores, needed: hasPooler ? needed : [...needed, pooler], possible: hasPooler ? [pooler] : [], ownLabels };
  } finally {
    weights.close();
  }
}
