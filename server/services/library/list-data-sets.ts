import type { DataSetSummary } from "@/lib/contract/data-set";
import { listDataSets as readDataSets } from "@/server/db/library/data-sets";
import type { ServiceContext } from "@/server/services/context";

/** Newest first. */
export function listDataSets({ store }: ServiceContext): Promise<DataSetSummary[]> {
  return readDataSets(store.db);
}
