import { join } from "node:path";
import { isEncoderConfig } from "@/lib/contract/architectures/parse-model-config";
import type { Adapter } from "@/server/engine/adapters/adapter";
import type { Trained } from "@/server/engine/adapters/trained";
import { TrainedHead } from "@/server/engine/adapters/trained-head";
import { numLabelsOf } from "@/server/engine/models/encoders/checkpoint-head";
import { type ClassificationModel, createClassificationModel } from "@/server/engine/models/encoders/classification-model";
import type { EncoderModel, HeadTensor } from "@/server/engine/models/encoders/encoder-model";
import { loadEncoder } from "@/server/engine/models/encoders/load-encoder";
import type { Tokenizer } from "@/server/engine/text/tokenizer";
import { readAdapter } from "@/server/files/adapters/adapter-folder";
import { fullWeightsName, isFullFolder } from "@/server/files/adapters/full-folder";
import { asInvalidFile, FileError } from "@/server/files/file-error";
import { openCheckpoint } from "@/server/files/weights/checkpoint-folder";
import { entryCount } from "@/server/files/weights/weight-source";
import { adapterOf } from "./load-adapter";
import { dtypeOf, type Precision } from "./load-base-model";
import { loadFull } from "./load-full";
import { tokenizerOf } from "./load-tokenizer";

/** An encoder in the engine, with what its folder says besides the weights. */
export type EncoderBase = {
  readonly path: string;
  readonly encoder: EncoderModel;
  /** Numbers in the checkpoint. */
  readonly parameters: number;
  /** Null where the checkpoint has none: such a model takes token ids only. */
  readonly tokenizer: Tokenizer | null;
};

/** What runs over an encoder: an adapter or whole weights, and a head, trained with them or the checkpoint's own; whoever loads them frees them. */
export type EncoderTop = {
  readonly trained: Trained | undefined;
  /** It again, where it is an adapter: what has latents. */
  readonly adapter: Adapter | undefined;
  readonly classifier: { readonly model: ClassificationModel; readonly head: TrainedHead } | undefined;
};

/** Whether a base model classifies text instead of continuing it. @throws FileError naming the file that is missing or at fault */
export function isEncoderCheckpoint(path: string): boolean {
  const { config, weights } = openCheckpoint(path);
  weights.close();
  return isEncoderConfig(config);
}

/**
 * Reads an encoder from disk into the engine, which must have been started.
 *
 * @param precision `exact` is float32 throughout, `fast` holds frozen matrices in bfloat16
 * @throws FileError naming the file and what is wrong with it
 */
export function loadEncoderBase(path: string, precision: Precision): EncoderBase {
  const checkpoint = openCheckpoint(path);
  try {
    const tokenizer = tokenizerOf(checkpoint);
    const { config, weights } = checkpoint;
    const parameters = weights.names().reduce((sum, name) => sum + entryCount(weights.shape(name)), 0);
    return { path, encoder: loadEncoder(config, weights, dtypeOf(precision)), parameters, tokenizer };
  } catch (error) {
    throw asInvalidFile(path, error);
  } finally {
    checkpoint.weights.close();
  }
}

/**
 * Reads what a run trained, an adapter in PEFT layout or whole weights, and the head that was saved with it, for the encoder that they were trained for.
 *
 * @param folder undefined for the checkpoint's own head alone
 * @throws FileError naming the file and the tensor, also when they belong to another model
 */
export function loadEncoderTop({ path, encoder }: EncoderBase, folder: string | undefined): EncoderTop {
  if (folder === undefined) {
    return { trained: undefined, adapter: undefined, classifier: classifierOf(path, encoder, encoder.checkpointHead) };
  }
  if (isFullFolder(folder)) {
    const { weights, head } = loadFull(folder, encoder.projections);
    return withHead(weights, undefined, () => classifierOf(join(folder, fullWeightsName), encoder, head));
  }
  const found = readAdapter(folder, new Map(encoder.projections.map(({ module, dIn, dOut }) => [module, { dIn, dOut }])));
  const saved = found.savedTensors.size > 0 ? found.savedTensors : encoder.checkpointHead;
  const adapter = adapterOf(found, encoder.projections);
  return withHead(adapter, adapter, () => classifierOf(join(folder, "adapter_model.safetensors"), encoder, saved));
}

function withHead(trained: Trained | undefined, adapter: Adapter | undefined, readHead: () => EncoderTop["classifier"]): EncoderTop {
  try {
    return { trained, adapter, classifier: readHead() };
  } catch (error) {
    trained?.free();
    throw error;
  }
}

export function freeTop({ trained, classifier }: EncoderTop): void {
  trained?.free();
  classifier?.head.free();
}

function classifierOf(file: string, encoder: EncoderModel, tensors: ReadonlyMap<string, HeadTensor> | undefined): EncoderTop["classifier"] {
  if (tensors === undefined) return undefined;
  const numLabels = numLabelsOf(encoder.config, tensors);
  if (numLabels === undefined) {
    throw new FileError("invalid", file, `holds no head of ${encoder.config.architecture}; it has ${[...tensors.keys()].join(", ")}`);
  }
  const model = createClassificationModel(withoutPooler(encoder, tensors), numLabels);
  try {
    return { model, head: new TrainedHead(model, tensors) };
  } catch (error) {
    throw new FileError("invalid", file, error instanceof Error ? error.message : String(error), { cause: error });
  }
}

/** Where a pooler was trained with the head, it stands in the place of the checkpoint's. */
function withoutPooler(encoder: EncoderModel, tensors: ReadonlyMap<string, HeadTensor>): EncoderModel {
  const isTrained = [...tensors.keys()].some((name) => /(?:^|\.)pooler\.dense\.weight$/.test(name));
  return isTrained ? { ...encoder, pooler: undefined } : encoder;
}
