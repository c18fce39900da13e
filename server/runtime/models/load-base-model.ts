import type { CausalModel } from "@/server/engine/models/causal-model";
import { causalModelInParts } from "@/server/engine/models/load-model";
import type { FrozenDtype } from "@/server/engine/models/weights";
import { engineInfo } from "@/server/engine/tensor/backend";
import { type InParts, wholly } from "@/server/engine/tensor/in-parts";
import type { Tokenizer } from "@/server/engine/text/tokenizer";
import { asInvalidFile } from "@/server/files/file-error";
import { openCheckpoint } from "@/server/files/weights/checkpoint-folder";
import { entryCount } from "@/server/files/weights/weight-source";
import { tokenizerOf } from "./load-tokenizer";

/** A base model in the engine, with what its folder says besides the weights. */
export type BaseModel = {
  readonly path: string;
  readonly model: CausalModel;
  /** Numbers in the checkpoint. */
  readonly parameters: number;
  /** Null where the checkpoint has none: such a model takes token ids only. */
  readonly tokenizer: Tokenizer | null;
};

/** How a model computes: `exact` is float32 throughout; `fast` holds frozen matrices in bfloat16, where the engine has it. */
export type Precision = "exact" | "fast";

/**
 * Reads a model from disk into the engine, which must have been started.
 *
 * @param path a Hugging Face folder or a .gguf file
 * @throws FileError naming the file and what is wrong with it
 */
export function loadBaseModel(path: string, precision: Precision): BaseModel {
  return wholly(baseModelInParts(path, precision));
}

/** The same in parts. */
export function* baseModelInParts(path: string, precision: Precision): InParts<BaseModel> {
  const checkpoint = openCheckpoint(path);
  try {
    const tokenizer = tokenizerOf(checkpoint);
    const { config, weights } = checkpoint;
    const parameters = weights.names().reduce((sum, name) => sum + entryCount(weights.shape(name)), 0);
    return { path, model: yield* causalModelInParts(config, weights, { frozen: dtypeOf(precision) }), parameters, tokenizer };
  } catch (error) {
    throw asInvalidFile(path, error);
  } finally {
    checkpoint.weights.close();
  }
}

/** Of the frozen weights. */
export function dtypeOf(precision: Precision): FrozenDtype {
  return precision === "fast" && engineInfo().bfloat16 ? "bfloat16" : "float32";
}
