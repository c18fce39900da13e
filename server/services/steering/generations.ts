import type { z } from "zod";
import type { GenerationPage, KeptGenerationDetail, keptGenerationList } from "@/lib/contract/steering";
import { readRun } from "@/server/db/runs/runs";
import { deleteGeneration, deleteGenerations, readGeneration, listGenerations as readGenerations } from "@/server/db/steering/generations";
import type { ServiceContext } from "@/server/services/context";
import { found } from "@/server/services/errors";

/** A page of a run's history, newest first. */
export async function listGenerations(
  { store }: ServiceContext,
  runId: string,
  page: GenerationPage,
): Promise<z.output<typeof keptGenerationList>> {
  found(await readRun(store.db, runId), "such run");
  return readGenerations(store.db, runId, page);
}

/** A kept generation with all of its tokens; its request runs it again. */
export async function getGeneration({ store }: ServiceContext, generationId: string): Promise<KeptGenerationDetail> {
  return found(await readGeneration(store.db, generationId), "such generation");
}

export async function removeGeneration({ store }: ServiceContext, generationId: string): Promise<void> {
  found((await deleteGeneration(store.db, generationId)) || undefined, "such generation");
}

/** Forgets all that a run has kept. */
export async function clearGenerations({ store }: ServiceContext, runId: string): Promise<void> {
  found(await readRun(store.db, runId), "such run");
  await deleteGenerations(store.db, runId);
}
