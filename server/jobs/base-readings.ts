import type { MeasuredModel } from "@/server/db/benchmarks/results";

/** Base models that jobs of this process are reading on a benchmark; each ends when its result is stored or it has failed. */
const underWay = new Map<string, Promise<void>>();

function keyOf({ benchmarkId, modelId, frozenDtype }: MeasuredModel): string {
  return JSON.stringify([benchmarkId, modelId, frozenDtype]);
}

/** Whether another job of this process is reading the same. */
export function isBeingRead(model: MeasuredModel): boolean {
  return underWay.has(keyOf(model));
}

/** Reads and stores what no other job is reading, and lets others wait for it meanwhile. */
export async function readForAll(model: MeasuredModel, read: () => Promise<void>): Promise<void> {
  const key = keyOf(model);
  const reading = read();
  // Who waits looks for the result itself; the failure is the reader's.
  const ended = reading.catch(() => undefined);
  underWay.set(key, ended);
  try {
    await reading;
  } finally {
    if (underWay.get(key) === ended) underWay.delete(key);
  }
}

/** Waits until nobody is reading it any more. @throws the signal's reason once it is aborted */
export async function untilRead(model: MeasuredModel, signal: AbortSignal): Promise<void> {
  signal.throwIfAborted();
  let onAbort = () => {};
  const aborted = new Promise<void>((resolve) => {
    onAbort = resolve;
    signal.addEventListener("abort", onAbort);
  });
  try {
    await Promise.race([underWay.get(keyOf(model)), aborted]);
  } finally {
    signal.removeEventListener("abort", onAbort);
  }
  signal.throwIfAborted();
}
