import { join } from "node:path";
import { Worker } from "node:worker_threads";

/** A thread that does one reading after another. */
export type ReadingThread = { readonly worker: Worker; readonly heapMb: number };

/** A thread takes 0.3 s to start. Ours: an idle one waits so long for the next reading, and so many wait. */
const idleMs = 60_000;
const mostIdle = 2;

const idle = new Map<ReadingThread, NodeJS.Timeout>();

/** A thread that nobody else uses: an idle one, or a new one. @param heapMb what it may hold, not counting buffers */
export function takeThread(heapMb: number): ReadingThread {
  const free = [...idle.keys()].find((thread) => thread.heapMb === heapMb);
  if (free === undefined) return startThread(heapMb);
  clearTimeout(idle.get(free));
  idle.delete(free);
  free.worker.ref();
  return free;
}

/** Takes back a thread whose reading has ended. An idle thread does not keep the process alive. */
export function keepThread(thread: ReadingThread): void {
  if (idle.size >= mostIdle) {
    void thread.worker.terminate();
    return;
  }
  thread.worker.unref();
  idle.set(thread, setTimeout(() => void thread.worker.terminate(), idleMs).unref());
}

function startThread(heapMb: number): ReadingThread {
  const entry = join(/* turbopackIgnore: true */ process.cwd(), "scripts/read-data.mjs");
  const worker = new Worker(/* turbopackIgnore: true */ entry, { resourceLimits: { maxOldGenerationSizeMb: heapMb } });
  const thread = { worker, heapMb };
  // Whoever uses it hears of its end; an idle one is only forgotten.
  worker.on("error", () => {});
  worker.once("exit", () => {
    clearTimeout(idle.get(thread));
    idle.delete(thread);
  });
  return thread;
}
