import { adapterHooks } from "@/server/engine/adapters/arms";
import type { Trained } from "@/server/engine/adapters/trained";
import { demandBatch } from "@/server/engine/models/batch";
import { demandEncoderBatch } from "@/server/engine/models/encoders/encoder-batch";
import type { EncoderBatch } from "@/server/engine/models/encoders/encoder-model";
import { sentenceEmbeddings } from "@/server/engine/models/encoders/sentence-embedding";
import type { ProjectionHooks } from "@/server/engine/models/projection-hook";
import { readFloats } from "@/server/engine/tensor/create";
import { tidy } from "@/server/engine/tensor/scope";
import type { Tensor } from "@/server/engine/tensor/tensor";
import { FileError } from "@/server/files/file-error";
import type { TensorData } from "@/server/files/weights/safetensors";
import { type BaseModel, type EncoderBase, type LoadedBase, loadBase } from "@/server/runtime/models/load-base-model";
import { demandAdapter, type LoadedTop, loadTop } from "@/server/runtime/models/loaded-model";

type Tensors = Record<string, TensorData>;

type Wanted = {
  readonly model: string;
  /** Undefined for the base model alone. */
  readonly adapter: string | undefined;
  readonly hidden: boolean;
  readonly activations: boolean;
  /** Of the batch, for errors. */
  readonly input: string;
};

/**
 * What a model gives for a batch: `logits` of every token; of an encoder (rows, labels) through its head, or the adapter's, and `embedding` (rows, dModel)
 * where there is neither. On demand `hidden.0` … and the activations of all adapted modules, those of relative positions left out.
 *
 * @throws FileError naming the file and what is wrong with it
 */
export function modelOutputs(batch: EncoderBatch, { model, adapter: folder, hidden, activations, input }: Wanted): Tensors {
  const base = loadBase(model, "exact");
  demandInput(input, batch, base);
  const top = loadTop(base, folder);
  if (activations && folder !== undefined) demandAdapter(top, folder);
  const tensors: Tensors = {};
  const hooks = hooksOf(top.trained, batch, activations ? tensors : undefined);
  tidy(() => {
    if (base.kind === "encoder") addAnswers(base, top.classifier, batch, { hooks, hidden }, tensors);
    else addLogits(base, batch, { hooks, hidden }, tensors);
  });
  return tensors;
}

/** @throws FileError naming the input with what does not fit the model in it */
function demandInput(path: string, batch: EncoderBatch, base: LoadedBase): void {
  try {
    if (base.kind === "encoder") demandEncoderBatch(batch, base.model.config);
    else demandBatch(batch, base.model.config.vocab, base.model.config.contextLength);
  } catch (error) {
    throw new FileError("invalid", path, error instanceof Error ? error.message : String(error));
  }
}

type Pass = { readonly hooks: ProjectionHooks | undefined; readonly hidden: boolean };

function addLogits({ model }: BaseModel, batch: EncoderBatch, { hooks, hidden }: Pass, tensors: Tensors): void {
  const { final, hiddenStates } = model.forward(batch, { hooks, hiddenStates: hidden ? "all" : "none" });
  addHidden(hiddenStates, batch, model.config.dModel, tensors);
  tensors["logits"] = { shape: [batch.rows, batch.tokens, model.config.vocab], data: readFloats(model.logits(final)) };
}

function addAnswers(
  { model: encoder }: EncoderBase,
  classifier: LoadedTop["classifier"],
  batch: EncoderBatch,
  { hooks, hidden }: Pass,
  tensors: Tensors,
): void {
  const { dModel } = encoder.config;
  if (hidden) addHidden(encoder.forward(batch, { hooks, hiddenStates: "all" }).hiddenStates, batch, dModel, tensors);
  if (classifier === undefined) {
    const final = readFloats(encoder.forward(batch, { hooks }).final);
    tensors["embedding"] = { shape: [batch.rows, dModel], data: sentenceEmbeddings(final, batch) };
    return;
  }
  const scores = classifier.model.scores(batch, hooks, classifier.head.read());
  tensors["logits"] = { shape: [batch.rows, classifier.model.numLabels], data: readFloats(scores) };
}

function addHidden(states: readonly Tensor[], { rows, tokens }: EncoderBatch, dModel: number, tensors: Tensors): void {
  states.forEach((state, layer) => {
    tensors[`hidden.${layer}`] = { shape: [rows, tokens, dModel], data: readFloats(state) };
  });
}

/** @param tensors gets every module's activations when given; a pooler's are of the first tokens alone */
function hooksOf(trained: Trained | undefined, { rows }: EncoderBatch, tensors: Tensors | undefined): ProjectionHooks | undefined {
  if (trained === undefined) return undefined;
  if (tensors === undefined) return adapterHooks(trained);
  return adapterHooks(trained, {
    onActivations(module, { tokens: read, width, indices, values }) {
      const shape = [rows, read / rows, width];
      tensors[`activations.${module.module}.indices`] = { shape, data: indices.slice() };
      tensors[`activations.${module.module}.values`] = { shape, data: values.slice() };
    },
  });
}
