import type { Store } from "@/server/db/client";
import { readRunRequest } from "@/server/db/runs/runs";
import { readTask } from "@/server/db/work/tasks";
import type { HeldWork } from "./held-work";

/** Reads what people have asked of the work that is held, and passes it on. */
export async function readRequests(store: Store, held: readonly HeldWork[]): Promise<void> {
  for (const work of held) {
    if (work.kind === "run") work.request(await readRunRequest(store.db, work.workId));
    if (work.kind === "task" && (await readTask(store.db, work.workId))?.isCancelAsked === true) work.request("cancel");
  }
}
