import { parentPort, workerData } from "node:worker_threads";
import { openStore } from "@/server/db/client";
import { renewLease } from "@/server/db/work/leases";
import { heartbeat } from "@/server/db/work/workers";
import type { HeartbeatSettings, WorkerState } from "./heartbeat";

/*
 * Runs in a thread of its own: a training step holds the first thread for seconds, loading a large model for longer, and
 * neither may let the worker look dead.
 */
const { url, workerId, everyMs, leaseMs, longestSilenceMs } = workerData as HeartbeatSettings;
const store = openStore(url, { maxConnections: 1 });

let state: WorkerState = { memoryBytes: 0, loadedModels: [], doing: null, leases: [] };
let heardAt = performance.now();

parentPort?.on("message", (message: WorkerState) => {
  state = message;
  heardAt = performance.now();
});

async function beat(): Promise<void> {
  // A first thread that hangs for good must lose its work to another worker.
  if (performance.now() - heardAt > longestSilenceMs) return;
  const { leases, ...shown } = state;
  await heartbeat(store.db, workerId, shown);
  for (const { kind, workId } of leases) await renewLease(store.db, { kind, workId, workerId }, leaseMs);
}

function beatAgain(): void {
  beat()
    // The database may be down for a while; the next beat tries again.
    .catch(() => {})
    .finally(() => setTimeout(beatAgain, everyMs));
}

beatAgain();
