import { rowTokens } from "@/lib/contract/run-config";
import { kindOfModel } from "@/server/runtime/models/kinds/model-kinds";
import type { LatentModel, LatentRows, MeasuredSource } from "@/server/runtime/tasks/latent-rows";
import { taskOfModel } from "@/server/runtime/tasks/task-runtimes";
import type { JobContext } from "./job-context";
import type { OpenReading } from "./open-run";
import { runData } from "./run-data";
import { runFolders } from "./run-folders";

type Wanted = Pick<MeasuredSource, "ofCollection" | "count" | "signal">;

/** What a run's latents are measured on: rows that it holds out, as many as are wanted. */
export async function measuredSource(context: JobContext, { run, config, base }: OpenReading, wanted: Wanted): Promise<MeasuredSource> {
  return {
    ...wanted,
    data: await runData(context, run, config).catch(() => undefined),
    maxTokens: Math.min(rowTokens(config), kindOfModel(base).longestRow(base)),
    isTrainedHere: config.training !== null,
    runName: run.name,
  };
}

/** Rows to measure a run's latents on. @throws FileError when the data cannot be read */
export async function measuredRows(context: JobContext, open: OpenReading, wanted: Wanted): Promise<LatentRows> {
  const model: LatentModel = { ...open, folder: runFolders(context.dataFolder, open.run.id).adapter };
  return taskOfModel(open).heldOutRows(model, await measuredSource(context, open, wanted));
}
