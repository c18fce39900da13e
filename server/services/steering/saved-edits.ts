import type { z } from "zod";
import type { SavedEdits, saveEditsRequest } from "@/lib/contract/steering";
import { newId } from "@/server/db/new-id";
import { isDuplicate } from "@/server/db/retry-while-down";
import { readRun } from "@/server/db/runs/runs";
import {
  deleteSavedEdits,
  insertSavedEdits,
  readSavedEdits,
  listSavedEdits as readSavedLists,
  updateSavedEdits,
} from "@/server/db/steering/saved-edits";
import type { ServiceContext } from "@/server/services/context";
import { found, ServiceError } from "@/server/services/errors";
import { adapterShape, checkEdits } from "./adapter-shape";

type SaveEdits = z.output<typeof saveEditsRequest>;

/** A run's saved lists of edits, by name. */
export async function listSavedEdits({ store }: ServiceContext, runId: string): Promise<SavedEdits[]> {
  found(await readRun(store.db, runId), "such run");
  return readSavedLists(store.db, runId);
}

export async function getSavedEdits({ store }: ServiceContext, savedId: string): Promise<SavedEdits> {
  return found(await readSavedEdits(store.db, savedId), "such saved edits");
}

/** Keeps edits under a name that the run has not given yet. */
export async function saveEdits(context: ServiceContext, runId: string, request: SaveEdits): Promise<SavedEdits> {
  const { db } = context.store;
  const run = found(await readRun(db, runId), "such run");
  checkEdits(await adapterShape(context, run), request.edits, "edits");
  return underFreeName(request, () => insertSavedEdits(db, { id: newId(), runId, ...request }));
}

/** Replaces the name, note and edits. */
export async function changeSavedEdits(context: ServiceContext, savedId: string, request: SaveEdits): Promise<SavedEdits> {
  const { db } = context.store;
  const { runId } = await getSavedEdits(context, savedId);
  const run = found(await readRun(db, runId), "such run");
  checkEdits(await adapterShape(context, run), request.edits, "edits");
  return found(await underFreeName(request, () => updateSavedEdits(db, savedId, request)), "such saved edits");
}

export async function removeSavedEdits({ store }: ServiceContext, savedId: string): Promise<void> {
  const isRemoved = await deleteSavedEdits(store.db, savedId);
  found(isRemoved || undefined, "such saved edits");
}

async function underFreeName<Result>({ name }: SaveEdits, write: () => Promise<Result>): Promise<Result> {
  try {
    return await write();
  } catch (cause) {
    if (!isDuplicate(cause)) throw cause;
    throw new ServiceError("conflict", `The run already has edits saved as "${name}". Choose another name, or change those edits.`, {
      field: "name",
      cause,
    });
  }
}
