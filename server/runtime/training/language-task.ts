import type { RunConfig } from "@/lib/contract/run-config";
import { baseFlopsPerToken } from "@/server/engine/adapters/counting";
import type { Trained } from "@/server/engine/adapters/trained";
import { causalObjective } from "@/server/engine/tasks/language-model/causal-objective";
import { readAdapterFor } from "@/server/runtime/models/load-adapter";
import type { BaseModel } from "@/server/runtime/models/load-base-model";
import { heldOutMeasurement } from "./held-out-evaluation";
import { textReadings } from "./text-readings";
import { beginTrained, folderOf } from "./trained-part";
import type { SavedSession } from "./training-checkpoint";
import { readTrainingRows } from "./training-data";
import type { PreparedTask, TaskOptions } from "./training-task";

/** Next tokens of text, through the model's own head. @throws FileError naming file and row */
export async function prepareLanguageTask({ config, about, turns, signal }: TaskOptions, base: BaseModel): Promise<PreparedTask> {
  const { model } = base;
  const { training } = config;
  const rows = await readTrainingRows(config, base, signal);
  const { withoutLabels } = rows;
  return {
    trainRows: rows.train.length,
    heldOutRows: rows.validation.length,
    leftOut: withoutLabels === 0 ? undefined : `${withoutLabels} rows are excluded because none of their tokens carries loss`,
    dataHash: rows.hash,
    folderOf: folderOf(config.adapter, { ...about, fanInFanOut: model.config.storesByInput }),
    baseFlopsPerToken: baseFlopsPerToken(model.projections, model.config),
    start(saved) {
      const trained = begin(config, base, saved);
      try {
        const objective = causalObjective(model, trained, rows.train);
        const batchRows = training.microBatchRows ?? training.batchRows;
        const read = textReadings({ model, trained, rows: rows.validation, batchRows, turns });
        const evaluation = heldOutMeasurement(rows.validation, read);
        return { trained, head: undefined, objective, evaluation, provenance: {}, labels: undefined, free: () => trained.free() };
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
