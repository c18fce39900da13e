import { failure } from "@/lib/contract/failure";
import { listLivingWorkers, type WorkerRow } from "@/server/db/work/workers";
import { systemCode } from "@/server/files/file-error";
import type { ServiceContext } from "@/server/services/context";
import { ServiceError } from "@/server/services/errors";

type Call = { readonly path: string; readonly body: unknown; readonly model?: string; readonly signal?: AbortSignal };

/**
 * Calls a living worker's port and gives its answer, whatever its form. A worker that already holds `model` is preferred. A call that no worker
 * received is made once more; one that a worker may have received is not.
 *
 * @throws ServiceError `unavailable` when no worker is alive or the worker's connection broke; `busy` when one is alive but does not answer; the worker's
 *   own refusal otherwise
 */
export async function askWorker(context: ServiceContext, call: Call): Promise<Response> {
  const response = (await askOnce(context, call)) ?? (await askOnce(context, call));
  if (response === undefined) {
    throw new ServiceError(
      "busy",
      "A worker is alive but does not accept connections: it is busy or restarting. Try again in a few seconds.",
    );
  }
  if (!response.ok) throw await refusal(response);
  return response;
}

/** Undefined when no living worker received the call. */
async function askOnce({ store }: ServiceContext, call: Call): Promise<Response | undefined> {
  const workers = await listLivingWorkers(store.db);
  if (workers.length === 0) {
    throw new ServiceError("unavailable", "No worker is running. `npm start` starts one; the Jobs page shows which are alive.");
  }
  const holds = ({ loadedModels }: WorkerRow) => call.model !== undefined && loadedModels.includes(call.model);
  for (const worker of [...workers.filter(holds), ...workers.filter((worker) => !holds(worker))]) {
    const response = await post(worker, call);
    if (response !== undefined) return response;
  }
  return undefined;
}

/** Undefined when the call was never sent. */
async function post(worker: WorkerRow, call: Call): Promise<Response | undefined> {
  try {
    return await fetch(new URL(call.path, worker.address), {
      method: "POST",
      headers: { "content-type": "application/json", authorization: `Bearer ${worker.secret}` },
      body: JSON.stringify(call.body),
      ...(call.signal ? { signal: call.signal } : {}),
    });
  } catch (error) {
    if (call.signal?.aborted)
      throw new ServiceError("unavailable", "The request was cancelled before a worker answered.", { cause: error });
    const code = networkCode(error);
    if (unsentCodes.has(code)) return undefined;
    if (code === "UND_ERR_HEADERS_TIMEOUT") throw new ServiceError("busy", busyWith(worker), { cause: error });
    throw new ServiceError(
      "unavailable",
      `The connection to the worker was lost before it answered (${code}): the worker may have restarted. Try again in a few seconds.`,
      { cause: error },
    );
  }
}

/** Failures of the connection itself, before a byte of the request is written. */
const unsentCodes: ReadonlySet<string> = new Set([
  "ECONNREFUSED",
  "EHOSTUNREACH",
  "ENETUNREACH",
  "ENOTFOUND",
  "ETIMEDOUT",
  "UND_ERR_CONNECT_TIMEOUT",
]);

/** The code of what made fetch fail. */
function networkCode(error: unknown): string {
  const cause = error instanceof Error ? error.cause : undefined;
  return systemCode(cause) ?? String(cause ?? error);
}

function busyWith({ doing }: WorkerRow): string {
  const work = doing === null ? "" : ` with ${doing}`;
  return `The worker is alive but busy${work}, and did not answer. Try again when it is less busy; the Jobs page shows what it is doing.`;
}

async function refusal(response: Response): Promise<ServiceError> {
  const parsed = failure.safeParse(await response.json().catch(() => undefined));
  if (!parsed.success) return new ServiceError("internal", `The worker answered with status ${response.status}. See its log.`);
  const { code, message, field } = parsed.data.error;
  return new ServiceError(code, message, field === undefined ? {} : { field });
}
