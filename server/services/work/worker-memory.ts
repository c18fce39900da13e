import { type WorkerMemory, workerMemory } from "@/lib/contract/worker";
import type { ServiceContext } from "@/server/services/context";
import { ServiceError } from "@/server/services/errors";
import { askWorker } from "./ask-worker";

/** A worker that is busy for longer is not waited for. Our choice. */
const patienceMs = 2000;

/** Memory of a worker's machine; nulls where none answers soon, or it computes on a GPU. */
export async function readWorkerMemory(context: ServiceContext): Promise<WorkerMemory> {
  const unknown = { totalBytes: null, availableBytes: null };
  try {
    const response = await askWorker(context, { path: "/memory", body: {}, signal: AbortSignal.timeout(patienceMs) });
    return workerMemory.safeParse(await response.json()).data ?? unknown;
  } catch (error) {
    if (error instanceof ServiceError) return unknown;
    throw error;
  }
}
