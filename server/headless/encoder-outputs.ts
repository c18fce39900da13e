import { adapterHooks } from "@/server/engine/adapters/arms";
import type { Trained } from "@/server/engine/adapters/trained";
import { activationWidth } from "@/server/engine/methods/methods";
import { demandEncoderBatch } from "@/server/engine/models/encoders/encoder-batch";
import type { EncoderBatch } from "@/server/engine/models/encoders/encoder-model";
import { sentenceEmbeddings } from "@/server/engine/models/encoders/sentence-embedding";
import type { ProjectionHooks } from "@/server/engine/models/projection-hook";
import { readFloats } from "@/server/engine/tensor/create";
import { tidy } from "@/server/engine/tensor/scope";
import { FileError } from "@/server/files/file-error";
import type { TensorData } from "@/server/files/weights/safetensors";
import { type EncoderBase, type EncoderTop, loadEncoderBase, loadEncoderTop } from "@/server/runtime/models/load-classifier";

/**
 * What an encoder gives for a batch: `logits` (rows, labels) through its head, or the adapter's; `embedding` (rows, dModel) where there
 * is neither. On demand `hidden.0` … and the activations of all adapted modules, those of relative positions left out.
 *
 * @param path of the input, for errors
 * @throws FileError naming the file and what is wrong with it
 */
export function encoderOutputs(
  modelPath: string,
  adapterFolder: string | undefined,
  path: string,
  batch: EncoderBatch,
  wanted: { readonly hidden: boolean; readonly activations: boolean },
): Record<string, TensorData> {
  const base = loadEncoderBase(modelPath, "exact");
  try {
    demandEncoderBatch(batch, base.encoder.config);
  } catch (error) {
    throw new FileError("invalid", path, error instanceof Error ? error.message : String(error));
  }
  const { trained, adapter, classifier } = loadEncoderTop(base, adapterFolder);
  if (wanted.activations && adapter === undefined && adapterFolder !== undefined)
    throw new FileError("invalid", adapterFolder, "contains no adapter, so it has no latents; omit --activations");
  const tensors: Record<string, TensorData> = {};
  const hooks = hooksOf(trained, batch, wanted.activations ? tensors : undefined);
  if (wanted.hidden) addHiddenStates(base, batch, hooks, tensors);
  addTop(base, classifier, batch, hooks, tensors);
  return tensors;
}

function addHiddenStates(
  { encoder }: EncoderBase,
  batch: EncoderBatch,
  hooks: ProjectionHooks | undefined,
  tensors: Record<string, TensorData>,
) {
  const shape = [batch.rows, batch.tokens, encoder.config.dModel];
  tidy(() => {
    const { hiddenStates } = encoder.forward(batch, { hooks, hiddenStates: "all" });
    hiddenStates.forEach((state, layer) => {
      tensors[`hidden.${layer}`] = { shape, data: readFloats(state) };
    });
  });
}

function addTop(
  { encoder }: EncoderBase,
  classifier: EncoderTop["classifier"],
  batch: EncoderBatch,
  hooks: ProjectionHooks | undefined,
  tensors: Record<string, TensorData>,
) {
  tidy(() => {
    if (classifier === undefined) {
      const final = readFloats(encoder.forward(batch, { hooks }).final);
      tensors["embedding"] = { shape: [batch.rows, encoder.config.dModel], data: sentenceEmbeddings(final, batch) };
      return;
    }
    const scores = classifier.model.scores(batch, hooks, classifier.head.read());
    tensors["logits"] = { shape: [batch.rows, classifier.model.numLabels], data: readFloats(scores) };
  });
}

/** @param tensors gets every module's activations when given; the pooler's are of the first tokens alone */
function hooksOf(
  trained: Trained | undefined,
  { rows, tokens }: EncoderBatch,
  tensors: Record<string, TensorData> | undefined,
): ProjectionHooks | undefined {
  if (trained === undefined) return undefined;
  if (tensors === undefined) return adapterHooks(trained);
  return adapterHooks(trained, {
    onActivations(module, { indices, values }) {
      const width = activationWidth(module);
      const shape = [rows, indices.length === rows * tokens * width ? tokens : 1, width];
      tensors[`activations.${module.module}.indices`] = { shape, data: indices.slice() };
      tensors[`activations.${module.module}.values`] = { shape, data: values.slice() };
    },
  });
}
