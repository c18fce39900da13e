import type { HubCache } from "@/lib/contract/hub";
import { hubCacheFolder, listCache } from "@/server/files/hub-cache";
import { allowedPath } from "@/server/services/allowed-path";
import type { ServiceContext } from "@/server/services/context";
import { ServiceError } from "@/server/services/errors";

/** What the hub's own tools have fetched to this machine. */
export async function getHubCache(context: Pick<ServiceContext, "dataFolder" | "folders">): Promise<HubCache> {
  const folder = hubCacheFolder();
  if (!mayName(context, folder)) return { folder: null, models: [] };
  return { folder, models: listCache(folder) };
}

function mayName(context: Pick<ServiceContext, "dataFolder" | "folders">, folder: string): boolean {
  try {
    allowedPath(context, folder);
    return true;
  } catch (error) {
    if (error instanceof ServiceError) return false;
    throw error;
  }
}
