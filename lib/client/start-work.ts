import { fetchJson, RequestFailure, type Schema } from "./fetch-json";

/** Keys of starts that nobody knows the outcome of, by what was sent. */
const open = new Map<string, string>();

/**
 * Sends a request that starts work. One whose answer was lost has the same key when it is sent again, so that it starts nothing twice.
 *
 * @throws RequestFailure as `fetchJson`
 */
export async function startWork<Value>(schema: Schema<Value>, path: string, body: unknown = {}): Promise<Value> {
  const sent = JSON.stringify(body);
  const name = `${path} ${sent}`;
  const key = open.get(name) ?? newKey();
  open.set(name, key);
  const headers = { "content-type": "application/json", "idempotency-key": key };
  try {
    const answer = await fetchJson(schema, path, { method: "POST", headers, body: sent });
    open.delete(name);
    return answer;
  } catch (error) {
    const isUnknown = error instanceof RequestFailure && (error.code === "unavailable" || error.code === "internal");
    if (!isUnknown) open.delete(name);
    throw error;
  }
}

/** `crypto.randomUUID` is not there on pages that came over plain HTTP from another machine. */
function newKey(): string {
  return [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}
