import type { RunConfig } from "@/lib/contract/run-config";
import { baseFlopsPerToken } from "@/server/engine/adapters/counting";
import type { Trained } from "@/server/engine/adapters/trained";
import { TrainedHead } from "@/server/engine/adapters/trained-head";
import { type ClassificationModel, createClassificationModel } from "@/server/engine/models/encoders/classification-model";
import type { EncoderModel, HeadTensor } from "@/server/engine/models/encoders/encoder-model";
import { answerObjective } from "@/server/engine/tasks/answers/answer-objective";
import { readAdapterOver } from "@/server/runtime/models/load-adapter";
import type { AnswerBase } from "@/server/runtime/models/load-base-model";
import { heldOutMeasurement } from "@/server/runtime/training/held-out-evaluation";
import { beginTrained, folderOf, savedHead } from "@/server/runtime/training/trained-part";
import type { SavedSession } from "@/server/runtime/training/training-checkpoint";
import type { PreparedTask, TaskOptions } from "@/server/runtime/training/training-task";
import type { AnswerLearning } from "./answer-learning";
import { answerReadings } from "./answer-readings";
import { readAnswerTraining } from "./answer-training";

/**
 * Answers of whole texts, through a head that is trained with an adapter or whole weights, or alone.
 *
 * @throws FileError naming file and row
 */
export async function prepareAnswers<Settings>(
  { config, about, turns, signal }: TaskOptions,
  { learning, settings }: { readonly learning: AnswerLearning<Settings>; readonly settings: Settings },
  base: AnswerBase,
): Promise<PreparedTask> {
  const encoder: EncoderModel = base.model;
  const { training } = config;
  const { task } = learning;
  const rows = await readAnswerTraining({ config, learning, settings }, base, signal);
  const { answers, withoutAnswers } = rows;
  const model = createClassificationModel(encoder, answers.labels?.length ?? 1);
  // A pooler reads one token of a row: its share of a token's operations is not counted, nor is the head's.
  const perToken = encoder.projections.filter(({ layer }) => layer < encoder.config.numLayers);
  return {
    trainRows: rows.train.length,
    heldOutRows: rows.validation.length,
    leftOut: withoutAnswers === 0 ? undefined : `${withoutAnswers} rows are excluded because they have no label`,
    dataHash: rows.hash,
    folderOf: folderOf(config.adapter, { ...about, fanInFanOut: false, ...savedWith(base, model) }),
    baseFlopsPerToken: baseFlopsPerToken(perToken, { dModel: 0, vocab: 0 }),
    start(saved) {
      const { trained, head, from } = startingParts(config, encoder, model, saved);
      const free = () => {
        trained?.free();
        head.free();
      };
      try {
        const objective = answerObjective(task, model, trained, head, rows.train);
        const batchRows = training.microBatchRows ?? training.batchRows;
        const read = answerReadings({ task, model, trained, head, rows: rows.validation, answers, batchRows, turns });
        const evaluation = heldOutMeasurement(rows.validation, read);
        const named = answers.labels === undefined ? {} : { classes: answers.labels.join(", ") };
        return { trained, head, objective, evaluation, provenance: { ...named, head: from }, labels: answers.labels, free };
      } catch (error) {
        free();
        throw error;
      }
    },
  };
}

/** As PEFT names what a classification saves in full; a pooler too where it is trained with the head. */
function savedWith({ kind }: AnswerBase, { headShapes }: ClassificationModel) {
  if (kind === "imageEncoder") return { readsImages: true, modulesToSave: ["classifier"] };
  const hasPooler = [...headShapes.keys()].some((name) => /(?:^|\.)pooler\./.test(name));
  return { modulesToSave: ["classifier", "score", ...(hasPooler ? ["pooler"] : [])] };
}

type Parts = { readonly trained: Trained | undefined; readonly head: TrainedHead; readonly from: string };

function startingParts(config: RunConfig, encoder: EncoderModel, model: ClassificationModel, saved: SavedSession | null): Parts {
  const { projections } = encoder;
  const given = config.initAdapter === undefined ? undefined : readAdapterOver(config.initAdapter, projections);
  const { head, from } = startingHead(model, config.training.seed, savedHead(saved, projections), given?.savedTensors);
  try {
    return { trained: beginTrained(config, { projections, saved, initial: given?.tensors }), head, from };
  } catch (error) {
    head.free();
    throw error;
  }
}

/** That of the checkpoint from which the run resumes, or of the adapter that it starts from, or the base model's own, or a fresh one; `from` says where the run began. */
function startingHead(
  model: ClassificationModel,
  seed: number,
  saved: ReadonlyMap<string, HeadTensor> | undefined,
  given: ReadonlyMap<string, HeadTensor> | undefined,
): Pick<Parts, "head" | "from"> {
  const start = startOf(model, seed, given);
  if (saved === undefined) return start;
  start.head.free();
  return { head: new TrainedHead(model, saved), from: start.from };
}

function startOf(
  model: ClassificationModel,
  seed: number,
  given: ReadonlyMap<string, HeadTensor> | undefined,
): Pick<Parts, "head" | "from"> {
  if (given !== undefined && given.size > 0) return { head: new TrainedHead(model, given), from: "of the adapter it starts from" };
  const { head, from } = TrainedHead.start(model, seed);
  return { head, from: from === "checkpoint" ? "of the base model" : `drawn by seed ${seed}` };
}
