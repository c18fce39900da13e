import { writeSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { parentPort, workerData } from "node:worker_threads";
import { openStore } from "@/server/db/client";
import { buryWorker } from "@/server/db/work/dead-workers";
import { renewLease } from "@/server/db/work/leases";
import { heartbeat } from "@/server/db/work/workers";
import type { HeartbeatSettings, WorkerState } from "./heartbeat";
import { SilenceWatch } from "./silence-watch";

/*
 * Runs in a thread of its own: a training step holds the first thread for seconds, loading a large model for longer, and
 * neither may let the worker look dead.
 */
const { url, workerId, everyMs, leaseMs, inside } = workerData as HeartbeatSettings;
const watchEveryMs = 1000;
/** How long writing down why the process is ended may take: the database may be away. */
const lastWordsMs = 3000;
const store = openStore(url, { maxConnections: 1 });

let state: WorkerState = { memoryBytes: 0, loadedModels: [], doing: null, leases: [] };
const watch = new SilenceWatch(() => performance.now(), watchEveryMs);

parentPort?.on("message", (message: WorkerState) => {
  state = message;
  watch.heard();
});

/** A first thread that hangs takes the whole process with it: it neither does its work nor answers anybody, and nothing else ends it. */
async function endWhenSilent(): Promise<void> {
  const wrong = watch.look(Atomics.load(inside, 0) === 1);
  if (wrong === undefined) return;
  clearInterval(watching);
  // Not through `process.stderr`, which the first thread would have to write.
  writeSync(2, `worker: ${wrong}\n`);
  const written = buryWorker(store.db, workerId, { how: wrong, log: [] }).catch(() => {});
  await Promise.race([written, sleep(lastWordsMs)]);
  process.kill(process.pid, "SIGKILL");
}

const watching = setInterval(() => void endWhenSilent(), watchEveryMs);

async function beat(): Promise<void> {
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
