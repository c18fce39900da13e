import { fetchJson, RequestFailure, type Schema } from "./fetch-json";
import { closeStart, openStart } from "./open-starts";

/**
 * Sends a request that starts work. While its outcome is unknown, the same request is sent with the same key, after a reload too, so that it starts
 * nothing twice.
 *
 * @throws RequestFailure as `fetchJson`
 */
export async function startWork<Value>(schema: Schema<Value>, path: string, body: unknown = {}): Promise<Value> {
  const sent = JSON.stringify(body);
  return sendOnce(`${path} ${sent}`, (headers) =>
    fetchJson(schema, path, { method: "POST", headers: { "content-type": "application/json", ...headers }, body: sent }),
  );
}

/** Sends with the request's key in its headers, and forgets the key once the outcome is known. @param request all that is sent, path included */
export async function sendOnce<Value>(request: string, send: (headers: Record<string, string>) => Promise<Value>): Promise<Value> {
  try {
    const answer = await send({ "idempotency-key": openStart(request) });
    closeStart(request);
    return answer;
  } catch (error) {
    if (isRefusal(error)) closeStart(request);
    throw error;
  }
}

/** Whether the server said that it started nothing. An answer that broke off says nothing. */
function isRefusal(error: unknown): boolean {
  return error instanceof RequestFailure && error.code !== "unavailable" && error.code !== "internal";
}
