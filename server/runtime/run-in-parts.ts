import { setImmediate } from "node:timers/promises";
import type { InParts } from "@/server/engine/tensor/in-parts";

/**
 * Runs long work that takes no device, and lets the event loop run between its parts: requests are answered, and the worker does not look dead.
 *
 * @throws the signal's reason when aborted
 */
export async function runInParts<Result>(work: InParts<Result>, signal?: AbortSignal): Promise<Result> {
  for (;;) {
    signal?.throwIfAborted();
    const step = work.next();
    if (step.done === true) return step.value;
    await setImmediate();
  }
}
