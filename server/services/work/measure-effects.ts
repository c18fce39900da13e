import type { MeasureEffectsRequest } from "@/lib/contract/effect";
import { isOfNoisyImages } from "@/lib/contract/latent";
import { latentKey } from "@/lib/contract/latent-key";
import type { JobSummary } from "@/lib/contract/run";
import { formatPlural } from "@/lib/numbers/format";
import { readRun } from "@/server/db/runs/runs";
import type { ServiceContext } from "@/server/services/context";
import { found, ServiceError } from "@/server/services/errors";
import { finishedCollection, moduleOf, whichLatent } from "@/server/services/latents/finished-collection";
import { startJob } from "./start-job";

/** Queues the measurement of latents' effects on held-out text; what has been measured shows as soon as it is. */
export async function measureEffects(context: ServiceContext, collectionId: string, request: MeasureEffectsRequest): Promise<JobSummary> {
  const { store } = context;
  const collection = await finishedCollection(store, collectionId);
  if (collection.runId === null) {
    throw new ServiceError("conflict", "An imported dictionary has no adapter: effects can only be measured for latents of a run.");
  }
  const run = found(await readRun(store.db, collection.runId), "such run");
  if (isOfNoisyImages(collection)) {
    throw new ServiceError("invalid", `${run.name} adapts a diffusion model: effects of its latents are not measured.`);
  }
  const { latents } = request;
  if (Array.isArray(latents)) {
    for (const latent of latents) {
      if (latent.index >= moduleOf(collection, latent).module.numLatents) {
        throw new ServiceError("notFound", `There is no ${whichLatent(latent)}.`, { field: "latents" });
      }
    }
  } else if (latents.domain !== undefined && !collection.domains.some(({ name }) => name === latents.domain)) {
    throw new ServiceError("invalid", `The collection has no domain "${latents.domain}".`, { field: "latents.domain" });
  }
  const total = Array.isArray(latents) ? latents.length : latents.count;
  const only = Array.isArray(latents) && total === 1 ? latents[0] : undefined;
  const measured =
    only === undefined ? formatPlural(total, "latent") : latentKey({ ...moduleOf(collection, only).module, index: only.index });
  return startJob(context, {
    title: `Measure ${measured} of ${run.name}`,
    input: { kind: "measureEffects", collectionId, request },
    unit: "latents",
    total,
  });
}
