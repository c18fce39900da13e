import type { ModelSummary } from "@/lib/contract/model";
import { listModels as readModels } from "@/server/db/library/models";
import type { ServiceContext } from "@/server/services/context";

/** Newest first. */
export function listModels({ store }: ServiceContext): Promise<ModelSummary[]> {
  return readModels(store.db);
}
