import { join } from "node:path";
import type { Edit } from "@/lib/contract/edit";
import { methodOfFile } from "@/lib/contract/methods/methods";
import type { RunCost } from "@/lib/contract/run";
import { retryWhileDown } from "@/server/db/retry-while-down";
import { type DerivedRun, insertDerivedRun, type RunRow, readRun } from "@/server/db/runs/runs";
import type { JobInput } from "@/server/db/work/job-input";
import { bakeEdits } from "@/server/engine/adapters/bake";
import { adapterCost } from "@/server/engine/adapters/counting";
import type { AdapterModule } from "@/server/engine/methods/adapter-module";
import { weightsName, writeAdapter } from "@/server/files/adapters/adapter-folder";
import { artefactStore } from "@/server/files/artefact-store";
import { hashFiles } from "@/server/runtime/hash-files";
import { readAdapterFor } from "@/server/runtime/models/load-adapter";
import type { JobAtWork } from "./job-at-work";
import { type OpenRun, openRun } from "./open-run";
import { runFolders } from "./run-folders";

type Input = Extract<JobInput, { kind: "bake" }>;

/**
 * Writes edits into a copy of a run's adapter and names the run derived from it. The row comes last: a run that is there has its files, and of one that
 * is not nothing stays.
 *
 * @throws RangeError for an edit that matrices cannot hold, FileError when the disk is full
 */
export async function bake(job: JobAtWork, { runId, derived, edits }: Input): Promise<void> {
  const { context, report, signal } = job;
  const { db } = context.store;
  // A worker may have died after the last write.
  if ((await retryWhileDown(() => readRun(db, derived.id))) !== undefined) return;
  report({ message: "Loading the adapter" });
  const open = await openRun(context, runId);
  try {
    const run = await write(job, open, { derived, edits });
    signal.throwIfAborted();
    await job.confirm();
    const isThere = await retryWhileDown(() => insertDerivedRun(db, run));
    if (!isThere) throw new Error("the run whose adapter was being baked has been removed");
    report({ message: `${derived.name} is written` });
  } catch (error) {
    await job.confirm();
    await removeUnnamed(job, derived.id);
    throw error;
  } finally {
    open.close();
  }
}

/** Writes the adapter's files and says what its run is. */
async function write(
  { context, report }: JobAtWork,
  open: OpenRun,
  { derived, edits }: { derived: Input["derived"]; edits: Edit[] },
): Promise<DerivedRun> {
  const { run: parent, base, adapter } = open;
  const source = runFolders(context.dataFolder, parent.id).adapter;
  const stored = readAdapterFor(source, base.model);
  const { modules, tensors } = bakeEdits(adapter.modules, stored.tensors, edits);
  report({ message: "Writing", done: 0, total: modules.length });
  const sizes = new Map(modules.map(({ module, numLatents }) => [module, numLatents]));
  const config = methodOfFile(stored.config).peft.withLatents(stored.config, sizes);
  writeAdapter(runFolders(context.dataFolder, derived.id).adapter, { config, tensors: new Map(tensors) });
  report({ message: "Written", done: modules.length });
  const hash = await hashFiles([join(source, weightsName)]);
  return derivedRun(parent, derived, edits, {
    cost: bakedCost(parent.cost, adapter.modules, modules),
    provenance: { ...parent.provenance, parent: `${parent.name} (${parent.id})`, parentAdapter: hash },
  });
}

function derivedRun(
  { method, modelId, modelName, dataSetId, dataName, seed, config, step, steps, id: derivedFrom }: RunRow,
  { id, name }: Input["derived"],
  bakedEdits: Edit[],
  made: Pick<DerivedRun, "cost" | "provenance">,
): DerivedRun {
  const about = { method, modelId, modelName, dataSetId, dataName, seed, config, step, steps };
  return { id, name, group: null, ...about, derivedFrom, bakedEdits, ...made };
}

/** The parent's cost with the adapter's own part replaced; what was measured of its training is not the derived run's. */
function bakedCost(parent: RunCost | null, before: readonly AdapterModule[], after: readonly AdapterModule[]): RunCost | null {
  if (parent === null) return null;
  const { trainableParameters, activeParameters, bytes, flopsPerToken } = adapterCost(after);
  return {
    baseParameters: parent.baseParameters,
    trainableParameters,
    activeParameters,
    adapterBytes: bytes,
    flopsPerToken: parent.flopsPerToken - adapterCost(before).flopsPerToken + flopsPerToken,
    medianStepMs: null,
    tokensPerSecond: null,
    peakMemoryBytes: null,
  };
}

async function removeUnnamed({ context }: JobAtWork, derivedId: string): Promise<void> {
  const isNamed = (await retryWhileDown(() => readRun(context.store.db, derivedId))) !== undefined;
  if (!isNamed) artefactStore(context.dataFolder).delete(`runs/${derivedId}`);
}
