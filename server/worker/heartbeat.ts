import { Worker } from "node:worker_threads";
import type { Lease } from "@/server/db/work/leases";

export type WorkerState = {
  readonly memoryBytes: number;
  readonly loadedModels: string[];
  readonly doing: string | null;
  /** What the worker holds: prolonged with every beat. */
  readonly leases: readonly Pick<Lease, "kind" | "workId">[];
};

export type HeartbeatSettings = {
  readonly url: string;
  readonly workerId: string;
  readonly everyMs: number;
  readonly leaseMs: number;
  /** 1 while the first thread is inside a turn of the device. */
  readonly inside: Int32Array;
};

export type Heartbeat = { stop(): Promise<void> };

const tellEveryMs = 500;

/**
 * Beats for this worker from a second thread, and prolongs its leases.
 *
 * @param readState asked twice a second
 * @param onLost called when the thread dies: without it the worker would lose its work unawares
 */
export function startHeartbeat(settings: HeartbeatSettings, readState: () => WorkerState, onLost: (error: Error) => void): Heartbeat {
  const thread = new Worker(new URL("../../scripts/worker-heartbeat.mjs", import.meta.url), { workerData: settings });
  let isStopped = false;
  thread.on("error", onLost);
  thread.on("exit", (code) => {
    if (!isStopped) onLost(new Error(`the heartbeat's thread ended with status ${code}`));
  });
  const tell = () => thread.postMessage(readState());
  tell();
  const timer = setInterval(tell, tellEveryMs);
  return {
    async stop() {
      isStopped = true;
      clearInterval(timer);
      await thread.terminate();
    },
  };
}
