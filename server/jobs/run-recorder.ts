import type { StepMetrics } from "@/lib/contract/run";
import type { Store } from "@/server/db/client";
import { retryWhileDown } from "@/server/db/retry-while-down";
import { recordCheckpoint } from "@/server/db/runs/checkpoints";
import { appendEvaluation, appendHealth, appendLog, appendMetrics, dropProgressAfter } from "@/server/db/runs/run-progress";
import { addRunProvenance, setRunCost, setRunProgress } from "@/server/db/runs/runs";
import type { TrainingRecorder } from "@/server/runtime/training/training-events";
import type { HeldWork } from "./held-work";

/** Steps are written together, this often: a small model does a hundred a second. */
const flushEveryMs = 400;

/**
 * Writes a run's progress into the database, and waits out a database that is down. Before each write the lease is
 * confirmed, so that a worker which lost the run adds nothing to what its successor writes.
 */
export function createRunRecorder(store: Store, work: HeldWork, now: () => number): TrainingRecorder {
  const { db } = store;
  const runId = work.workId;
  let waiting: StepMetrics[] = [];
  let secondsLeft: number | null = null;
  let flushedAt = Number.NEGATIVE_INFINITY;

  async function write(action: () => Promise<void>): Promise<void> {
    await flush();
    await work.confirm();
    await retryWhileDown(action);
  }

  async function flush(): Promise<void> {
    const metrics = waiting;
    const last = metrics.at(-1);
    if (last === undefined) return;
    await work.confirm();
    await retryWhileDown(async () => {
      await appendMetrics(db, runId, metrics);
      await setRunProgress(db, runId, { step: last.step, secondsLeft });
    });
    waiting = [];
    flushedAt = now();
  }

  return {
    flush,
    begin: (step, provenance) =>
      write(async () => {
        await dropProgressAfter(db, runId, step);
        await addRunProvenance(db, runId, { ...provenance });
      }),
    async step(metrics, left) {
      waiting.push(metrics);
      secondsLeft = left;
      if (now() - flushedAt >= flushEveryMs) await flush();
    },
    evaluation: (metrics, rows) => write(() => appendEvaluation(db, runId, metrics, rows)),
    health: (metrics) => write(() => appendHealth(db, runId, metrics)),
    cost: (cost) => write(() => setRunCost(db, runId, cost)),
    log: (line) => write(() => appendLog(db, runId, line)),
    async checkpoint(step, folder, sizeBytes) {
      await write(() => recordCheckpoint(db, { runId, step, folder, sizeBytes }));
      await work.progressed();
    },
  };
}
