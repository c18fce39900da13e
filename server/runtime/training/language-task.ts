import type { RunConfig } from "@/lib/contract/run-config";
import { Adapter } from "@/server/engine/adapters/adapter";
import { baseFlopsPerToken } from "@/server/engine/adapters/counting";
import { planModules } from "@/server/engine/adapters/plan-modules";
import { causalObjective } from "@/server/engine/training/causal-objective";
import { toAdapterConfigFile } from "@/server/files/adapters/adapter-config";
import { adapterFrom } from "@/server/runtime/models/load-adapter";
import type { BaseModel } from "@/server/runtime/models/load-base-model";
import { HeldOutEvaluation } from "./held-out-evaluation";
import type { SavedSession } from "./training-checkpoint";
import { readTrainingRows } from "./training-data";
import type { PreparedTask, TaskOptions } from "./training-task";
import { demandLatentConfig } from "./training-task";

/** Next tokens of text, through the model's own head. @throws FileError naming file and row */
export async function prepareLanguageTask({ config, about, turns, signal }: TaskOptions, base: BaseModel): Promise<PreparedTask> {
  const { model } = base;
  const { training } = config;
  const rows = await readTrainingRows(config, base, signal);
  const { withoutLabels } = rows;
  return {
    trainRows: rows.train.length,
    heldOutRows: rows.validation.length,
    leftOut: withoutLabels === 0 ? undefined : `${withoutLabels} rows are left out: the loss counts none of their tokens`,
    dataHash: rows.hash,
    file: toAdapterConfigFile(demandLatentConfig(demandLatentConfig(config.adapter)), {
      ...about,
      fanInFanOut: model.config.family === "gpt2",
    }),
    baseFlopsPerToken: baseFlopsPerToken(model.projections, model.config),
    start(saved) {
      const adapter = startingAdapter(config, base, saved);
      try {
        const objective = causalObjective(model, adapter, rows.train);
        const batchRows = training.microBatchRows ?? training.batchRows;
        const evaluation = new HeldOutEvaluation({ model, adapter, rows: rows.validation, batchRows, turns });
        return { adapter, head: undefined, objective, evaluation, provenance: {}, labels: undefined, free: () => adapter.free() };
      } catch (error) {
        adapter.free();
        throw error;
      }
    },
  };
}

function startingAdapter(config: RunConfig, { model }: BaseModel, saved: SavedSession | null): Adapter {
  const modules = planModules(model.projections, demandLatentConfig(config.adapter));
  if (saved !== null) return new Adapter(modules, saved.tensors, model.projections);
  if (config.initAdapter !== undefined) return adapterFrom(config.initAdapter, model, modules);
  return Adapter.create(model.projections, demandLatentConfig(demandLatentConfig(config.adapter)), config.training.seed);
}
