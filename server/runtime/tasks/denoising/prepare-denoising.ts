import { type AdapterConfig, hasLatents, type RunConfig } from "@/lib/contract/run-config";
import type { RunTask } from "@/lib/contract/tasks/tasks";
import { meanOf } from "@/lib/numbers/intervals";
import { adapterHooks } from "@/server/engine/adapters/arms";
import { baseFlopsPerToken } from "@/server/engine/adapters/counting";
import type { Trained } from "@/server/engine/adapters/trained";
import type { RowLoss } from "@/server/engine/evaluation/row-losses";
import type { ProjectionHooks } from "@/server/engine/models/projection-hook";
import { denoisingLosses } from "@/server/engine/tasks/denoising/denoising-losses";
import { denoisingObjective } from "@/server/engine/tasks/denoising/denoising-objective";
import { drawNoise } from "@/server/engine/tasks/denoising/draw-noise";
import { readAdapterOver } from "@/server/runtime/models/load-adapter";
import type { DiffusionBase } from "@/server/runtime/models/load-base-model";
import { demandSchedule } from "@/server/runtime/models/load-diffusion-base";
import { type CleanDataRow, cleanRows } from "@/server/runtime/rows/clean-rows";
import { planTraining, readTokenisedTraining, readTrainingRows, type TrainingRows } from "@/server/runtime/rows/row-source";
import { takeTurns } from "@/server/runtime/take-turns";
import { heldOutMeasurement } from "@/server/runtime/training/held-out-evaluation";
import { beginTrained, folderOf } from "@/server/runtime/training/trained-part";
import type { SavedSession } from "@/server/runtime/training/training-checkpoint";
import type { PreparedTask, TaskOptions } from "@/server/runtime/training/training-task";
import { withWholeNames } from "@/server/runtime/training/whole-names";
import { asCleanRow, evaluatedImages, withClass } from "./evaluated-images";

type Settings = Extract<RunTask, { kind: "denoising" }>;

/** How a diffusion model learns to denoise images. @throws FileError naming file and row */
export async function prepareDenoising(
  { config, about, turns, signal }: TaskOptions,
  { classDropout, evaluationDraws }: Settings,
  base: DiffusionBase,
): Promise<PreparedTask> {
  const { training } = config;
  const { model } = base;
  const schedule = demandSchedule(base);
  const rows = await readRows(config, base, signal);
  const batchRows = training.microBatchRows ?? training.batchRows;
  const { numTimesteps } = schedule;
  const heldOut = evaluatedImages(rows.validation, evaluationDraws, numTimesteps);
  const losses = async (hooks: ProjectionHooks | undefined, asked: AbortSignal): Promise<RowLoss[]> => {
    const passes = denoisingLosses(model, heldOut, schedule, hooks, batchRows);
    const found = await takeTurns(passes, { turns, kind: "background", signal: asked });
    return found.map((draws) => ({ lossSum: meanOf(draws.map(({ loss }) => loss)), labelTokens: 1 }));
  };
  return {
    trainRows: rows.train.length,
    heldOutRows: rows.validation.length,
    leftOut: undefined,
    dataHash: rows.hash,
    folderOf: folderOf(savedTargets(config.adapter, base), { ...about, fanInFanOut: false, readsImages: true }),
    baseFlopsPerToken: baseFlopsPerToken(model.projections, { dModel: 0, vocab: 0 }),
    start(saved) {
      const trained = begin(config, base, saved);
      try {
        const objective = denoisingObjective(model, trained, rows.train.map(asCleanRow), { schedule, classDropout }, (at, size) => {
          const drawn = rows.train[at.row]?.drawn;
          return drawn === undefined ? drawNoise(at, size, numTimesteps, classDropout) : withClass(drawn);
        });
        let reference: readonly RowLoss[] | undefined;
        const evaluation = heldOutMeasurement(rows.validation, async (asked) => {
          reference ??= await losses(undefined, asked);
          return { trained: await losses(adapterHooks(trained), asked), reference };
        });
        return { trained, head: undefined, objective, evaluation, provenance: {}, labels: undefined, free: () => trained.free() };
      } catch (error) {
        trained.free();
        throw error;
      }
    },
  };
}

/** PEFT finds layers by their number after a dot, which module names of a diffusion transformer lack: where some layers are chosen, each module is named in full. */
function savedTargets(config: AdapterConfig, { model }: DiffusionBase): AdapterConfig {
  return hasLatents(config) && config.targets.layers !== null ? withWholeNames(config, model.projections) : config;
}

async function readRows({ data, training }: RunConfig, base: DiffusionBase, signal: AbortSignal): Promise<TrainingRows<CleanDataRow>> {
  const source = cleanRows(base);
  if (data.kind === "tokenRows") return readTokenisedTraining(source, data);
  return readTrainingRows(source, { data, training }, await planTraining(data), signal);
}

/** @throws Error for a head alone: such a model has none */
function begin(config: RunConfig, { model: { projections }, path }: DiffusionBase, saved: SavedSession | null): Trained {
  const initial = config.initAdapter === undefined ? undefined : readAdapterOver(config.initAdapter, projections).tensors;
  const trained = beginTrained(config, { projections, saved, initial });
  if (trained !== undefined) return trained;
  throw new Error(`${path}: is a diffusion model, which has no head to train; set adapter.method to stan, lora or full`);
}
