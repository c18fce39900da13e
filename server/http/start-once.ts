import { createHash } from "node:crypto";
import { claimKey, keepAnswer } from "@/server/db/work/started-requests";
import type { ServiceContext } from "@/server/services/context";
import { ServiceError } from "@/server/services/errors";
import type { StartOnce } from "@/server/services/take-upload";
import type { HttpContext } from "./context";
import { readStream } from "./request-stream";

const header = "idempotency-key";
const longestKey = 200;

/**
 * Does what a request that starts work asks for: all that it writes is one transaction. Where the caller sent an `Idempotency-Key`, the answer is kept in
 * that transaction, and the same request with the same key gets it again, instead of a second piece of work.
 *
 * @param body the request's own, which is read already
 * @throws ServiceError `conflict` when the key came with another request before
 */
export function startOnce<Call extends HttpContext & { request: Request }, Answer>(
  call: Call,
  body: Uint8Array<ArrayBuffer>,
  work: (call: Call) => Promise<Answer>,
): Promise<Answer> {
  const { method, url, headers, signal } = call.request;
  const request = new Request(url, { method, headers, signal, body });
  return once(call, keyOf(call.request), createHash("sha256").update(body).digest("hex"), (services) =>
    work({ ...call, request, services }),
  );
}

/** A request's file, and how its work is started once all of it has arrived: as `startOnce` does. */
export type Upload = { readonly body: AsyncIterable<Uint8Array>; readonly startOnce: StartOnce };

export function uploadOf(call: HttpContext & { request: Request }): Upload {
  const key = keyOf(call.request);
  return { body: readStream(call.request), startOnce: (sha256, work) => once(call, key, sha256, work) };
}

function keyOf({ headers }: Request): string | null {
  const key = headers.get(header);
  if (key !== null && (key === "" || key.length > longestKey)) {
    throw new ServiceError("invalid", `The Idempotency-Key has ${key.length} characters; give it 1 to ${longestKey}.`);
  }
  return key;
}

/** @param sha256 of the whole body */
async function once<Answer>(
  { request: { method, url }, services }: HttpContext & { request: Request },
  key: string | null,
  sha256: string,
  work: (services: ServiceContext) => Promise<Answer>,
): Promise<Answer> {
  const { store } = services;
  const digest = createHash("sha256").update(`${method} ${url}\n${sha256}`).digest("hex");
  return store.db.transaction(async (db) => {
    const start = () => work({ ...services, store: { ...store, db } });
    if (key === null) return start();
    const before = await claimKey(db, key, digest);
    if (before === undefined) {
      const answer = await start();
      await keepAnswer(db, key, answer);
      return answer;
    }
    if (before.request !== digest) {
      throw new ServiceError("conflict", "This Idempotency-Key was already used for a different request. Use a new key.");
    }
    // It was an answer of this very work.
    return before.answer as Answer;
  });
}
