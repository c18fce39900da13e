import type { Store } from "@/server/db/client";
import { readCollection } from "@/server/db/latents/collections";
import { readRunRequest } from "@/server/db/runs/runs";
import { readJob } from "@/server/db/work/jobs";
import type { HeldWork } from "./held-work";

/** Reads what people have asked of the work that is held, and passes it on. */
export async function readRequests(store: Store, held: readonly HeldWork[]): Promise<void> {
  for (const work of held) {
    if (work.kind === "run") work.request(await readRunRequest(store.db, work.workId));
    if (work.kind === "collection" && (await isCollectionUnwanted(store, work.workId))) work.request("cancel");
    if (work.kind === "task" && (await readJob(store.db, work.workId))?.isCancelAsked === true) work.request("cancel");
  }
}

/** Removed, or marked as cancelled by whoever does not want it any more. */
async function isCollectionUnwanted({ db }: Store, collectionId: string): Promise<boolean> {
  const status = (await readCollection(db, collectionId))?.status;
  return status === undefined || status === "cancelled";
}
