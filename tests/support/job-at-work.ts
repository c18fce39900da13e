import type { Store } from "@/server/db/client";
import type { JobAtWork } from "@/server/jobs/job-at-work";
import { createRuntime } from "@/server/runtime/runtime";

/** What a job's code works with, where it neither queues anything nor runs a model; what it reports is kept. */
export function jobAtWork(
  store: Store,
  { taskId, dataFolder, signal = new AbortController().signal }: { taskId: string; dataFolder: string; signal?: AbortSignal },
): JobAtWork & { reports: Parameters<JobAtWork["report"]>[0][] } {
  const reports: Parameters<JobAtWork["report"]>[0][] = [];
  const now = () => performance.now();
  return {
    context: { store, runtime: createRuntime(now), dataFolder, modelIds: new Map(), now },
    taskId,
    queuedAt: new Date(),
    signal,
    reports,
    report: (progress) => reports.push(progress),
    confirm: async () => {},
  };
}
