import { failure } from "@/lib/contract/failure";
import { listLivingWorkers, type WorkerRow } from "@/server/db/work/workers";
import type { ServiceContext } from "@/server/services/context";
import { ServiceError } from "@/server/services/errors";

/**
 * Calls a living worker's port and gives its answer, whatever its form. A worker that already holds `model` is preferred.
 *
 * @throws ServiceError `unavailable` when no worker answers; the worker's own refusal otherwise
 */
export async function askWorker(
  { store }: ServiceContext,
  call: { path: string; body: unknown; model?: string; signal?: AbortSignal },
): Promise<Response> {
  const workers = await listLivingWorkers(store.db);
  const holds = ({ loadedModels }: WorkerRow) => call.model !== undefined && loadedModels.includes(call.model);
  for (const worker of [...workers.filter(holds), ...workers.filter((worker) => !holds(worker))]) {
    const response = await post(worker, call);
    if (response === undefined) continue;
    if (!response.ok) throw await refusal(response);
    return response;
  }
  throw new ServiceError("unavailable", "No worker is running. `npm start` starts one; the page Jobs shows which are alive.");
}

/** Undefined when the worker cannot be reached: it may have died since its last heartbeat. */
async function post(worker: WorkerRow, call: { path: string; body: unknown; signal?: AbortSignal }): Promise<Response | undefined> {
  try {
    return await fetch(new URL(call.path, worker.address), {
      method: "POST",
      headers: { "content-type": "application/json", authorization: `Bearer ${worker.secret}` },
      body: JSON.stringify(call.body),
      ...(call.signal ? { signal: call.signal } : {}),
    });
  } catch (error) {
    if (call.signal?.aborted) throw error;
    return undefined;
  }
}

async function refusal(response: Response): Promise<ServiceError> {
  const parsed = failure.safeParse(await response.json().catch(() => undefined));
  if (!parsed.success) return new ServiceError("internal", `The worker answered with status ${response.status}. Its log says why.`);
  const { code, message, field } = parsed.data.error;
  return new ServiceError(code, message, field === undefined ? {} : { field });
}
