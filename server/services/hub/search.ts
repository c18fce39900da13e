import type { FoundHubModel, HubModel } from "@/lib/contract/hub";
import { readKeptHub } from "@/server/db/library/kept-hub";
import { lookUpHubModel } from "@/server/files/fetching/look-up-hub-model";
import { searchHub } from "@/server/files/fetching/search-hub";
import { freeBytesOf } from "@/server/files/free-space";
import type { ServiceContext } from "@/server/services/context";
import { ServiceError, withFileErrors } from "@/server/services/errors";

/** How long the hub may take while a person waits. Our choice. */
const patienceMs = 20_000;

/** Models on the hub whose names contain a text. @throws ServiceError `conflict` while a person has not switched the search on */
export async function searchHubModels({ store }: ServiceContext, text: string, signal: AbortSignal): Promise<FoundHubModel[]> {
  const kept = await readKeptHub(store.db);
  if (!kept.isOn) throw new ServiceError("conflict", "Searching the hub is off. Switch it on under Models, From: Hub.");
  return withFileErrors(() => searchHub(text, kept, soon(signal)), "search");
}

/** What is shown of a model on the hub before it is fetched. */
export async function getHubModel(
  { store, dataFolder }: ServiceContext,
  { id, revision }: { id: string; revision?: string | undefined },
  signal: AbortSignal,
): Promise<HubModel> {
  const token = await readKeptHub(store.db);
  const [model, freeBytes] = await Promise.all([
    withFileErrors(() => lookUpHubModel(id, { revision, token, signal: soon(signal) }), "id"),
    freeBytesOf(dataFolder),
  ]);
  return { ...model, freeBytes };
}

function soon(signal: AbortSignal): AbortSignal {
  return AbortSignal.any([signal, AbortSignal.timeout(patienceMs)]);
}
