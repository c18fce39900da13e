import { longContextWarning } from "@/lib/contract/architectures/long-context";
import type { RunConfig } from "@/lib/contract/run-config";
import { baseFlopsPerToken } from "@/server/engine/adapters/counting";
import type { Trained } from "@/server/engine/adapters/trained";
import { causalObjective } from "@/server/engine/tasks/language-model/causal-objective";
import { readAdapterFor } from "@/server/runtime/models/load-adapter";
import type { BaseModel } from "@/server/runtime/models/load-base-model";
import { contextRecord, longestRow } from "@/server/runtime/models/run-context";
import { heldOutMeasurement } from "@/server/runtime/training/held-out-evaluation";
import { beginTrained, folderOf } from "@/server/runtime/training/trained-part";
import type { SavedSession } from "@/server/runtime/training/training-checkpoint";
import type { PreparedTask, TaskOptions } from "@/server/runtime/training/training-task";
import { withWholeNames } from "@/server/runtime/training/whole-names";
import { textReadings } from "./text-readings";
import { readTextTraining } from "./text-training";

/** Next tokens of text, through the model's own head. @throws FileError naming file and row */
export async function prepareLanguageModel({ config, about, turns, signal }: TaskOptions, base: BaseModel): Promise<PreparedTask> {
  const { training } = config;
  const rows = await readTextTraining(config, base, signal);
  const longest = longestRow([...rows.train, ...rows.validation]);
  const model = base.model.forContext(longest);
  const { withoutLabels } = rows;
  return {
    trainRows: rows.train.length,
    heldOutRows: rows.validation.length,
    leftOut: withoutLabels === 0 ? undefined : `${withoutLabels} rows are excluded because none of their tokens carries loss`,
    longContext: longContextWarning(model.config, longest),
    dataHash: rows.hash,
    folderOf: folderOf(model.images === undefined ? config.adapter : withWholeNames(config.adapter, model.projections), {
      ...about,
      fanInFanOut: model.config.storesByInput,
    }),
    baseFlopsPerToken: baseFlopsPerToken(model.projections, model.config),
    start(saved) {
      const trained = begin(config, base, saved);
      try {
        const objective = causalObjective(model, trained, rows.train);
        const batchRows = training.microBatchRows ?? training.batchRows;
        const read = textReadings({ model, trained, rows: rows.validation, batchRows, turns });
        const evaluation = heldOutMeasurement(rows.validation, read);
        const provenance = contextRecord(model, longest);
        return { trained, head: undefined, objective, evaluation, provenance, labels: undefined, free: () => trained.free() };
      } catch (error) {
        trained.free();
        throw error;
      }
    },
  };
}

/** @throws Error for a head alone, which such a model has not */
function begin(config: RunConfig, { model, path }: BaseModel, saved: SavedSession | null): Trained {
  const initial = config.initAdapter === undefined ? undefined : readAdapterFor(config.initAdapter, model).tensors;
  const trained = beginTrained(config, { projections: model.projections, saved, initial });
  if (trained !== undefined) return trained;
  throw new Error(`${path}: is a causal language model, whose head is not trained; set adapter.method to stan, lora or full`);
}
