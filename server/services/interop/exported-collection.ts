import { positionKindOf } from "@/lib/contract/positions/positions";
import { type CollectionRow, subjectOf } from "@/server/db/latents/collections";
import { readRun } from "@/server/db/runs/runs";
import type { NeuronpediaPlace } from "@/server/interop/neuronpedia/neuronpedia-lines";
import { slug, sourceIdsOf } from "@/server/interop/source-ids";
import type { ServiceContext } from "@/server/services/context";
import { found, ServiceError } from "@/server/services/errors";
import { finishedCollection } from "@/server/services/latents/finished-collection";

/** A collection with the names by which its modules go elsewhere. */
export type ExportedCollection = {
  collection: CollectionRow;
  modelId: string;
  modelName: string;
  corpus: string;
  /** One more than the last adapted layer. */
  layers: number;
  /** One a module, in their order. */
  places: NeuronpediaPlace[];
};

/** @throws ServiceError when the collection is not there, has not ended, or was imported from elsewhere itself */
export async function exportedCollection({ store }: ServiceContext, collectionId: string): Promise<ExportedCollection> {
  const collection = await finishedCollection(store, collectionId);
  if (collection.runId === null) {
    throw new ServiceError("conflict", "Imported dictionaries cannot be exported: their original files contain more than was read.");
  }
  const run = found(await readRun(store.db, collection.runId), "such run");
  const modelId = slug(run.modelName).toLowerCase();
  const sourceIds = sourceIdsOf(collection.modules, { method: run.method, id: subjectOf(collection) });
  const createdAt = collection.createdAt.toISOString();
  return {
    collection,
    modelId,
    modelName: run.modelName,
    corpus: run.dataName,
    layers: collection.modules.reduce((most, { layer }) => Math.max(most, layer + 1), 0),
    places: sourceIds.map((sourceId) => ({
      modelId,
      sourceId,
      sourceSet: sourceId.replace(/^-?\d+-/, ""),
      collectionId,
      createdAt,
    })),
  };
}

/** @throws ServiceError when its positions have no vocabulary: other tools' formats hold tokens */
export function demandTokens({ collection }: ExportedCollection): void {
  const { plural, hasVocabulary } = positionKindOf(collection.positionKind);
  if (hasVocabulary) return;
  throw new ServiceError(
    "conflict",
    `Other tools' formats hold tokens of text, but the positions of this collection are ${plural}: export CSV, Parquet or JSON.`,
  );
}
