import { join } from "node:path";
import { taskOfHead } from "@/lib/contract/tasks/tasks";
import { TrainedHead } from "@/server/engine/adapters/trained-head";
import { numLabelsOf } from "@/server/engine/models/encoders/checkpoint-head";
import { createClassificationModel } from "@/server/engine/models/encoders/classification-model";
import type { EncoderModel, HeadTensor } from "@/server/engine/models/encoders/encoder-model";
import { answerTask } from "@/server/engine/tasks/answer-tasks";
import { weightsName } from "@/server/files/adapters/adapter-folder";
import { fullWeightsName, isFullFolder } from "@/server/files/adapters/full-folder";
import { readProblemType } from "@/server/files/adapters/label-names";
import { FileError } from "@/server/files/file-error";
import { adapterOf, readAdapterOver } from "@/server/runtime/models/load-adapter";
import type { AnswerBase } from "@/server/runtime/models/load-base-model";
import { loadFull } from "@/server/runtime/models/load-full";
import { type LoadedHead, type LoadedTop, topOf } from "@/server/runtime/models/loaded-top";

/** What was trained over an encoder of texts or images, with its head. @throws FileError as `loadTop` */
export function encoderTop({ path, model }: AnswerBase, folder: string | undefined): LoadedTop {
  if (folder === undefined) return topOf(undefined, () => headOf(path, model, model.checkpointHead));
  if (isFullFolder(folder)) {
    const { weights, head } = loadFull(folder, model.projections);
    return topOf(weights, () => headOf(join(folder, fullWeightsName), model, head, readProblemType(folder)));
  }
  const found = readAdapterOver(folder, model.projections);
  const saved = found.savedTensors.size > 0 ? found.savedTensors : model.checkpointHead;
  return topOf(adapterOf(found, model.projections), () => headOf(join(folder, weightsName), model, saved, readProblemType(folder)));
}

/** @param problemType what the head's files say that it learned */
function headOf(
  file: string,
  encoder: EncoderModel,
  tensors: ReadonlyMap<string, HeadTensor> | undefined,
  problemType?: string,
): LoadedHead | undefined {
  if (tensors === undefined) return undefined;
  const numLabels = numLabelsOf(encoder, tensors);
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
function withoutPooler(encoder: EncoderModel, tensors: ReadonlyMap<string, HeadTensor>): EncoderModel {
  const isTrained = [...tensors.keys()].some((name) => /(?:^|\.)pooler\.dense\.weight$/.test(name));
  return isTrained ? { ...encoder, pooler: undefined } : encoder;
}
