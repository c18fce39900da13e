import { createHash } from "node:crypto";
import { claimKey, keepAnswer } from "@/server/db/work/started-requests";
import { ServiceError } from "@/server/services/errors";
import type { HttpContext } from "./context";

const header = "idempotency-key";
const longestKey = 200;

/**
 * Does what a request that starts work asks for: all that it writes is one transaction. Where the caller sent an `Idempotency-Key`, the answer is kept in
 * that transaction, and the same request with the same key gets it again, instead of a second piece of work.
 *
 * @param body the request's own, which is read already
 * @throws ServiceError `conflict` when the key came with another request before
 */
export async function startOnce<Call extends HttpContext & { request: Request }, Answer>(
  call: Call,
  body: Uint8Array<ArrayBuffer>,
  work: (call: Call) => Promise<Answer>,
): Promise<Answer> {
  const { method, url, headers, signal } = call.request;
  const key = headers.get(header);
  if (key !== null && (key === "" || key.length > longestKey)) {
    throw new ServiceError("invalid", `The Idempotency-Key has ${key.length} characters; give it 1 to ${longestKey}.`);
  }
  const { store } = call.services;
  return store.db.transaction(async (db) => {
    const request = new Request(url, { method, headers, signal, body });
    const start = () => work({ ...call, request, services: { ...call.services, store: { ...store, db } } });
    if (key === null) return start();
    const digest = createHash("sha256").update(`${method} ${url}\n`).update(body).digest("hex");
    const before = await claimKey(db, key, digest);
    if (before === undefined) {
      const answer = await start();
      await keepAnswer(db, key, answer);
      return answer;
    }
    if (before.request !== digest) {
      throw new ServiceError("conflict", "The Idempotency-Key was sent with another request before. Take a new key for a new request.");
    }
    // It was an answer of this very work.
    return before.answer as Answer;
  });
}
