import { join } from "node:path";
import { taskOfHead } from "@/lib/contract/tasks/tasks";
import { TrainedHead } from "@/server/engine/adapters/trained-head";
import { numLabelsOf } from "@/server/engine/models/encoders/checkpoint-head";
import { createClassificationModel } from "@/server/engine/models/encoders/classification-model";
import { demandEncoderBatch } from "@/server/engine/models/encoders/encoder-batch";
import type { HeadTensor, TextEncoder } from "@/server/engine/models/encoders/encoder-model";
import { sentenceEmbeddings } from "@/server/engine/models/encoders/sentence-embedding";
import { answerTask } from "@/server/engine/tasks/answer-tasks";
import { readFloats } from "@/server/engine/tensor/create";
import { readAdapter, weightsName } from "@/server/files/adapters/adapter-folder";
import { fullWeightsName, isFullFolder } from "@/server/files/adapters/full-folder";
import { readProblemType } from "@/server/files/adapters/label-names";
import { FileError } from "@/server/files/file-error";
import { adapterOf } from "@/server/runtime/models/load-adapter";
import type { EncoderBase } from "@/server/runtime/models/load-base-model";
import { loadFull } from "@/server/runtime/models/load-full";
import { type LoadedHead, type LoadedTop, topOf } from "@/server/runtime/models/loaded-top";
import { plainRows } from "@/server/runtime/rows/answered-row";
import { hiddenOutputs, type ModelKind } from "./model-kind";

/** A model that reads a text whole, for a head that gives one class or number. */
export const encoderKind: ModelKind<EncoderBase> = {
  loadTop: encoderTop,
  // Without a head, any task that a head answers will do: each reports that the head is missing.
  taskOf: ({ classifier }) => classifier?.kind ?? "classification",
  rows: plainRows,
  readsLabels: true,
  padId: ({ model }) => model.config.padId,
  demandBatch: ({ model }, batch) => demandEncoderBatch(batch, model.config),
  outputs({ model: encoder }, { classifier }, batch, { hooks, hidden }) {
    const { dModel } = encoder.config;
    const states = hidden ? hiddenOutputs(encoder.forward(batch, { hooks, hiddenStates: "all" }).hiddenStates, batch, dModel) : {};
    if (classifier === undefined) {
      const final = readFloats(encoder.forward(batch, { hooks }).final);
      return { ...states, embedding: { shape: [batch.rows, dModel], data: sentenceEmbeddings(final, batch) } };
    }
    const { model, head } = classifier;
    const logits = { shape: [batch.rows, model.numLabels], data: readFloats(model.scores(batch, hooks, head.read())) };
    return { ...states, logits };
  },
};

function encoderTop({ path, model }: EncoderBase, folder: string | undefined): LoadedTop {
  if (folder === undefined) return topOf(undefined, () => headOf(path, model, model.checkpointHead));
  if (isFullFolder(folder)) {
    const { weights, head } = loadFull(folder, model.projections);
    return topOf(weights, () => headOf(join(folder, fullWeightsName), model, head, readProblemType(folder)));
  }
  const found = readAdapter(folder, new Map(model.projections.map(({ module, dIn, dOut }) => [module, { dIn, dOut }])));
  const saved = found.savedTensors.size > 0 ? found.savedTensors : model.checkpointHead;
  return topOf(adapterOf(found, model.projections), () => headOf(join(folder, weightsName), model, saved, readProblemType(folder)));
}

/** @param problemType what the head's files say that it learned */
function headOf(
  file: string,
  encoder: TextEncoder,
  tensors: ReadonlyMap<string, HeadTensor> | undefined,
  problemType?: string,
): LoadedHead | undefined {
  if (tensors === undefined) return undefined;
  const numLabels = numLabelsOf(encoder.config, tensors);
  if (numLabels === undefined) {
    throw new FileError("invalid", file, `contains no head of ${encoder.config.architecture}; it has ${[...tensors.keys()].join(", ")}`);
  }
  const kind = taskOfHead({ numLabels, problemType });
  const model = createClassificationModel(withoutPooler(encoder, tensors), numLabels);
  try {
    return { kind, task: answerTask({ kind }), model, head: new TrainedHead(model, tensors) };
  } catch (error) {
    throw new FileError("invalid", file, error instanceof Error ? error.message : String(error), { cause: error });
  }
}

/** Where a pooler was trained with the head, it stands in the place of the checkpoint's. */
function withoutPooler(encoder: TextEncoder, tensors: ReadonlyMap<string, HeadTensor>): TextEncoder {
  const isTrained = [...tensors.keys()].some((name) => /(?:^|\.)pooler\.dense\.weight$/.test(name));
  return isTrained ? { ...encoder, pooler: undefined } : encoder;
}
