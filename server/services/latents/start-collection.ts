import type { z } from "zod";
import type { startCollectionRequest } from "@/lib/contract/api";
import type { CollectionSummary } from "@/lib/contract/latent";
import { hasAdapter } from "@/lib/contract/run";
import { createCollection } from "@/server/db/latents/collections";
import { readDataSet } from "@/server/db/library/data-sets";
import { newId } from "@/server/db/new-id";
import { readRun } from "@/server/db/runs/runs";
import type { ServiceContext } from "@/server/services/context";
import { found, ServiceError } from "@/server/services/errors";
import { demandLatents } from "@/server/services/runs/demand-latents";
import { checkCollection } from "./check-collection";
import { getCollection } from "./list-collections";

/** Queues a statistics pass over a run's adapter. */
export async function startCollection(
  context: ServiceContext,
  runId: string,
  request: z.output<typeof startCollectionRequest>,
): Promise<CollectionSummary> {
  const { store } = context;
  const run = demandLatents(found(await readRun(store.db, runId), "such run"));
  if (!hasAdapter(run)) {
    throw new ServiceError(
      "conflict",
      `The run is ${run.status}: a collection needs its finished adapter. Wait for it, or stop and keep it.`,
    );
  }
  const { name, startAnyway, ...settings } = request;
  await checkCollection(context, run, settings, startAnyway);
  const { dataSetId } = settings;
  const dataSet = dataSetId === undefined ? undefined : await readDataSet(store.db, dataSetId);
  const id = newId();
  await createCollection(store.db, { id, runId, name: name ?? dataSet?.name ?? run.dataName, step: run.step, settings });
  return getCollection(context, id);
}
