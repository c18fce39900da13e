import { type FailureCode, failure } from "@/lib/contract/failure";

/** An answer that is not a success: what happened and what to do, in the server's words. */
export class RequestFailure extends Error {
  readonly code: FailureCode;
  /** The part of the request that is at fault, as a path (`config.training.steps`). */
  readonly field: string | undefined;

  constructor(code: FailureCode, message: string, field?: string) {
    super(message);
    this.name = "RequestFailure";
    this.code = code;
    this.field = field;
  }
}

type Send = (path: string, init?: RequestInit) => Promise<Response>;

let send: Send = (path, init) => fetch(path, init);

/** Has requests answered by other means than the network: the server fills its pages in process. */
export function sendBy(other: Send): void {
  send = other;
}

/** What checks that a value has the form it should, and gives it typed; a zod schema is one. */
export type Schema<Value> = { parse: (value: unknown) => Value };

/**
 * Fetches JSON of a known shape.
 *
 * @throws RequestFailure when the server refuses or cannot be reached
 */
export async function fetchJson<Value>(schema: Schema<Value>, path: string, init?: RequestInit): Promise<Value> {
  const response = await request(path, init);
  return schema.parse(await response.json());
}

/** Sends `body` as JSON. */
export function postJson<Value>(schema: Schema<Value>, path: string, body: unknown = {}): Promise<Value> {
  return fetchJson(schema, path, { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body) });
}

/** Puts `body` as JSON in the place of what stood at `path`. */
export function putJson<Value>(schema: Schema<Value>, path: string, body: unknown): Promise<Value> {
  return fetchJson(schema, path, { method: "PUT", headers: { "content-type": "application/json" }, body: JSON.stringify(body) });
}

/** Removes what `path` names. */
export async function deleteAt(path: string): Promise<void> {
  await request(path, { method: "DELETE" });
}

/** Fetches, and turns every failure into a `RequestFailure`. */
export async function request(path: string, init?: RequestInit): Promise<Response> {
  let response: Response;
  try {
    response = await send(path, init);
  } catch (error) {
    // By this `fetch` says that there was no answer; others are an abort, or a bug.
    if (!(error instanceof TypeError)) throw error;
    throw new RequestFailure("unavailable", "The Stanscope server cannot be reached. Is `npm start` still running?");
  }
  if (!response.ok) throw toFailure(response.status, await response.text());
  return response;
}

export function toFailure(status: number, body: string): RequestFailure {
  try {
    const { error } = failure.parse(JSON.parse(body));
    return new RequestFailure(error.code, error.message, error.field);
  } catch {
    return new RequestFailure("internal", `The server answered with status ${status}. See the server log.`);
  }
}

/** A query string of those values that are there, `?` included; empty when none is. */
export function queryString(values: Record<string, string | number | undefined>): string {
  const parameters = new URLSearchParams();
  for (const [key, value] of Object.entries(values)) if (value !== undefined) parameters.set(key, String(value));
  const text = parameters.toString();
  return text === "" ? "" : `?${text}`;
}
