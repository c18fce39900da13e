import { existsSync, rmSync } from "node:fs";
import { basename, dirname, extname } from "node:path";
import type { ModelSummary } from "@/lib/contract/model";
import { findModelByRevision, upsertModel } from "@/server/db/library/models";
import { newId } from "@/server/db/new-id";
import { retryWhileDown } from "@/server/db/retry-while-down";
import { cachedRevision } from "@/server/files/hub-cache";
import { describeModel, hashModel, type ModelDescription } from "@/server/runtime/models/describe-model";
import type { JobAtWork } from "./job-at-work";

type NewModel = {
  readonly path: string;
  /** By the folder's or file's name when null. */
  readonly name: string | null;
  /** Whether the files lie in the data folder: those of a model that is there already are removed. */
  readonly isOwned: boolean;
};

/**
 * Adds a model that lies on disk. One with the same weights and configuration is not added twice.
 *
 * @throws FileError naming the file and the key where the engine cannot run the model
 */
export async function addModel(run: JobAtWork, { path, name, isOwned }: NewModel): Promise<ModelSummary["id"]> {
  const described = describeModel(path);
  run.report({ message: "Reading the weights", unit: "bytes", done: 0, total: described.sizeBytes });
  // What the hub's own tools fetched is known by its commit, and the same as if it was fetched here.
  const cached = isOwned ? undefined : cachedRevision(path);
  const revision = cached ?? (await hashModel(path, (done) => run.report({ done }), run.signal));
  const id = await storeModel(run, { described, revision, name: name ?? nameOf(path) });
  const kept = await retryWhileDown(() => findModelByRevision(run.context.store.db, revision));
  if (isOwned && kept !== undefined && kept.path !== path)
    rmSync(extname(path) === ".gguf" ? dirname(path) : path, { recursive: true, force: true });
  return id;
}

/** @returns the id of the model with this revision, new or known; a known one whose files are gone takes the new path */
export async function storeModel(
  { context, report }: JobAtWork,
  { described, revision, name }: { described: ModelDescription; revision: string; name: string },
): Promise<ModelSummary["id"]> {
  const { db } = context.store;
  const known = await retryWhileDown(() => findModelByRevision(db, revision));
  if (known !== undefined && existsSync(known.path)) {
    report({ message: `${known.name} has already been added` });
    return known.id;
  }
  const id = known?.id ?? newId();
  await retryWhileDown(() => upsertModel(db, { id, name: known?.name ?? name, revision, ...described }));
  report({ message: `${name} is added`, done: described.sizeBytes, total: described.sizeBytes });
  return id;
}

/** By the folder or file; a snapshot in the hub's cache by its model. */
function nameOf(path: string): string {
  const [, cached] = /^[^/]+\/([^@]+)@[^#]+$/.exec(cachedRevision(path) ?? "") ?? [];
  return cached ?? basename(path, ".gguf");
}
