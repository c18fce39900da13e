import { join } from "node:path";
import type { Adapter } from "@/server/engine/adapters/adapter";
import type { Trained } from "@/server/engine/adapters/trained";
import { TrainedHead } from "@/server/engine/adapters/trained-head";
import { numLabelsOf } from "@/server/engine/models/encoders/checkpoint-head";
import { type ClassificationModel, createClassificationModel } from "@/server/engine/models/encoders/classification-model";
import type { EncoderModel, HeadTensor } from "@/server/engine/models/encoders/encoder-model";
import { readAdapter } from "@/server/files/adapters/adapter-folder";
import { fullWeightsName, isFullFolder } from "@/server/files/adapters/full-folder";
import { FileError } from "@/server/files/file-error";
import { adapterOf } from "./load-adapter";
import { type EncoderBase, type LoadedBase, loadBase, type Precision } from "./load-base-model";
import { loadFull, loadTrained } from "./load-full";

/** A head over an encoder, with the model that it answers through. */
export type LoadedHead = { readonly model: ClassificationModel; readonly head: TrainedHead };

/** What runs over a base model: an adapter or whole weights, and of an encoder a head, trained with them or the checkpoint's own; whoever loads them frees them. */
export type LoadedTop = {
  /** Undefined where a head was trained alone. */
  readonly trained: Trained | undefined;
  /** It again, where it is an adapter: what has latents. */
  readonly adapter: Adapter | undefined;
  readonly classifier: LoadedHead | undefined;
};

/** A base model with what a run trained over it. */
export type LoadedModel = LoadedTop & { readonly base: LoadedBase };

/** Where a model is, and what runs over it: `folder` is undefined for the base model alone, with the head of its checkpoint. */
export type ModelPlace = { readonly path: string; readonly precision: Precision; readonly folder: string | undefined };

/**
 * Reads a base model and what a run trained over it into the engine, which must have been started.
 *
 * @throws FileError naming the file and what is wrong with it
 */
export function loadModel({ path, precision, folder }: ModelPlace): LoadedModel {
  const base = loadBase(path, precision);
  return { base, ...loadTop(base, folder) };
}

/**
 * Reads what a run trained, an adapter in PEFT layout or whole weights, with the head that was saved with it, for the model that it was trained for.
 *
 * @param folder undefined for the checkpoint's own head alone
 * @throws FileError naming the file and the tensor, also when they belong to another model
 */
export function loadTop(base: LoadedBase, folder: string | undefined): LoadedTop {
  if (base.kind === "encoder") return encoderTop(base, folder);
  return topOf(folder === undefined ? undefined : loadTrained(folder, base.model), () => undefined);
}

/** @throws FileError for what has no latents */
export function demandAdapter({ trained, adapter }: LoadedTop, folder: string): Adapter {
  if (adapter !== undefined) return adapter;
  const what = trained === undefined ? "a head alone, which has" : "full weights, which have";
  throw new FileError("invalid", folder, `contains ${what} no latents; give an adapter`);
}

export function freeTop({ trained, classifier }: LoadedTop): void {
  trained?.free();
  classifier?.head.free();
}

function encoderTop({ path, model }: EncoderBase, folder: string | undefined): LoadedTop {
  if (folder === undefined) return topOf(undefined, () => headOf(path, model, model.checkpointHead));
  if (isFullFolder(folder)) {
    const { weights, head } = loadFull(folder, model.projections);
    return topOf(weights, () => headOf(join(folder, fullWeightsName), model, head));
  }
  const found = readAdapter(folder, new Map(model.projections.map(({ module, dIn, dOut }) => [module, { dIn, dOut }])));
  const saved = found.savedTensors.size > 0 ? found.savedTensors : model.checkpointHead;
  return topOf(adapterOf(found, model.projections), () => headOf(join(folder, "adapter_model.safetensors"), model, saved));
}

function topOf(trained: Trained | undefined, readHead: () => LoadedHead | undefined): LoadedTop {
  try {
    return { trained, adapter: trained?.adapter, classifier: readHead() };
  } catch (error) {
    trained?.free();
    throw error;
  }
}

function headOf(file: string, encoder: EncoderModel, tensors: ReadonlyMap<string, HeadTensor> | undefined): LoadedHead | undefined {
  if (tensors === undefined) return undefined;
  const numLabels = numLabelsOf(encoder.config, tensors);
  if (numLabels === undefined) {
    throw new FileError("invalid", file, `contains no head of ${encoder.config.architecture}; it has ${[...tensors.keys()].join(", ")}`);
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
