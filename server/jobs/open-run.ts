import { type StoredRunConfig, storedRunConfig } from "@/lib/contract/run-config";
import { retryWhileDown } from "@/server/db/retry-while-down";
import { type RunRow, readRun } from "@/server/db/runs/runs";
import type { Adapter } from "@/server/engine/adapters/adapter";
import { type BaseModel, precisionOf, textBase } from "@/server/runtime/models/load-base-model";
import type { LoadedModel } from "@/server/runtime/models/loaded-model";
import { inRecordedContext } from "@/server/runtime/models/run-context";
import type { JobContext } from "./job-context";
import { resolveModel } from "./resolve-model";
import { runFolders } from "./run-folders";

/** What a run trained over its base model, whatever the model does with text, held until it is closed. */
export type OpenTrained = LoadedModel & {
  readonly run: RunRow;
  readonly config: StoredRunConfig;
  close(): void;
};

/** A run with latents. */
export type OpenReading = OpenTrained & { readonly adapter: Adapter };

/** A run with latents of a model that continues text. */
export type OpenRun = OpenReading & { readonly base: BaseModel };

/** @throws Error saying what of the run is missing, and for a run of an encoder or without latents */
export async function openRun(context: JobContext, runId: string | null): Promise<OpenRun> {
  const open = await openReading(context, runId);
  const base = textBase(open.base);
  if (base !== undefined) return { ...open, base };
  open.close();
  throw new Error(`the run ${open.run.name} uses an encoder, which does not generate text; its latents can be collected and inspected`);
}

/**
 * With the base model in the context that the run recorded.
 *
 * @throws Error saying what of the run is missing, and for a run without latents
 */
export async function openReading(context: JobContext, runId: string | null): Promise<OpenReading> {
  const open = await openTrained(context, runId);
  const { trained, adapter, run } = open;
  if (adapter !== undefined) return { ...open, adapter, base: inRecordedContext(open.base, run.provenance) };
  open.close();
  throw new Error(
    `the run ${run.name} has no latents: ${trained === undefined ? "only its head was trained" : "its weights were fine-tuned directly"}`,
  );
}

/** @throws Error saying what of the run is missing */
export async function openTrained(context: JobContext, runId: string | null): Promise<OpenTrained> {
  const { store, runtime, dataFolder } = context;
  const run = runId === null ? undefined : await retryWhileDown(() => readRun(store.db, runId));
  if (run === undefined) throw new Error("the run was removed");
  const config = storedRunConfig.parse(run.config);
  const model = await resolveModel(context, config.model, run.modelName);
  const folder = runFolders(dataFolder, run.id).adapter;
  const precision = precisionOf(config);
  const { value, release } = await runtime.model({ path: model.path, precision, folder }, "background");
  return { run, config, ...value, close: release };
}
