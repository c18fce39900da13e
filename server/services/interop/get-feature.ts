import type { LatentRef } from "@/lib/contract/edit";
import { type LatentDetail, latentQuery } from "@/lib/contract/latent";
import { findCollections } from "@/server/db/latents/find-collections";
import { circuitTracerFeature } from "@/server/interop/circuit-tracer";
import { neuronpediaFeature } from "@/server/interop/neuronpedia/neuronpedia-feature";
import type { ServiceContext } from "@/server/services/context";
import { ServiceError } from "@/server/services/errors";
import { getLatent } from "@/server/services/latents/get-latent";
import { demandTokens, type ExportedCollection, exportedCollection } from "./exported-collection";

/** A latent as circuit-tracer's pages read a feature. */
export async function getCircuitTracerFeature(context: ServiceContext, collectionId: string, latent: LatentRef) {
  const exported = await exportedCollection(context, collectionId);
  const detail = await detailOf(context, exported, latent);
  const number = exported.collection.modules.findIndex(({ name }) => name === latent.module);
  return circuitTracerFeature(detail, exported.places[number]?.sourceId ?? "");
}

/**
 * A latent in the shape of Neuronpedia's `GET /api/feature/{modelId}/{layer}/{index}`.
 *
 * @param place `model` is the model's id in our exports, or a run's or collection's id or name; `layer` a source's id. Of several collections of a run
 *   the newest answers
 */
export async function getNeuronpediaFeature(context: ServiceContext, place: { model: string; layer: string; index: number }) {
  const { exported, number } = await resolve(context, place);
  const [own, module] = [exported.places[number], exported.collection.modules[number]];
  if (own === undefined || module === undefined) throw new Error(`the collection has no module ${number}`);
  const detail = await detailOf(context, exported, { module: module.name, index: place.index });
  return neuronpediaFeature(detail, own);
}

async function resolve(
  context: ServiceContext,
  { model, layer }: { model: string; layer: string },
): Promise<{ exported: ExportedCollection; number: number }> {
  const candidates = await findCollections(context.store.db, { named: model, subject: layer.slice(layer.lastIndexOf("-") + 1) });
  for (const { id, isNamed } of candidates) {
    const exported = await exportedCollection(context, id);
    const number = exported.places.findIndex(({ sourceId }) => sourceId === layer);
    if (number >= 0 && (isNamed || exported.modelId === model)) return { exported, number };
  }
  throw new ServiceError("notFound", `There is no source "${layer}" of a model, run or collection "${model}" with a finished collection.`);
}

function detailOf(context: ServiceContext, exported: ExportedCollection, latent: LatentRef): Promise<LatentDetail> {
  demandTokens(exported);
  return getLatent(context, latent, latentQuery.parse({ collectionId: exported.collection.id }));
}
