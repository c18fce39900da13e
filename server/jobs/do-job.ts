import { basename } from "node:path";
import type { JobSummary } from "@/lib/contract/run";
import { retryWhileDown } from "@/server/db/retry-while-down";
import type { JobInput } from "@/server/db/work/job-input";
import { type JobRow, readJob, setJobProgress, setJobStatus } from "@/server/db/work/jobs";
import { addDataSet } from "./add-data-set";
import { addModel } from "./add-model";
import { bake } from "./bake";
import { benchmark } from "./benchmark";
import { startDemonstration } from "./demonstration";
import { detectConcepts } from "./detect-concepts";
import { explain } from "./explain";
import { fetchModel } from "./fetch-model";
import { HandedBackError, LeaseLostError } from "./held-work";
import { importDictionary } from "./import-dictionary";
import type { JobAtWork, JobProgress } from "./job-at-work";
import type { JobContext } from "./job-context";
import { measureEffects } from "./measure-effects";
import { removeUpload } from "./remove-upload";
import { study } from "./study";
import type { Job } from "./work-loop";

const reportEveryMs = 400;

/** Does a job of any kind, and writes down how it ended. A job that is handed back or left by a dead worker starts over; downloads are kept. */
export function doJob(context: JobContext): Job {
  const { store, now } = context;
  return async (work) => {
    const job = await retryWhileDown(() => readJob(store.db, work.workId));
    // Between the look and the lease it may have ended.
    if (job?.status !== "queued" && job?.status !== "running") return;
    work.title = job.title;
    if (job.isCancelAsked) work.request("cancel");
    const mark = async (status: JobSummary["status"], error: string | null = null) => {
      await work.confirm();
      await retryWhileDown(() => setJobStatus(store.db, job.id, status, error));
    };
    let written: Promise<void> = Promise.resolve();
    let reportedAt = Number.NEGATIVE_INFINITY;
    const report = (progress: JobProgress) => {
      if (progress.message === undefined && now() - reportedAt < reportEveryMs) return;
      reportedAt = now();
      // One after the other, so that an older number never overwrites a newer one.
      written = written.then(() => setJobProgress(store.db, job.id, progress)).catch(() => {});
    };
    try {
      work.signal.throwIfAborted();
      await mark("running");
      const confirm = () => work.confirm();
      await perform(job, { context, taskId: job.id, queuedAt: job.createdAt, signal: work.signal, report, confirm });
      await written;
      await mark("finished");
    } catch (error) {
      await written;
      if (error instanceof LeaseLostError) throw error;
      if (work.isHandedBack) {
        await mark("queued");
        throw new HandedBackError(`the job ${job.id} is handed back`);
      }
      if (work.signal.aborted) await mark("cancelled");
      else await mark("failed", underItsOwnName(explain(error), job.input));
      removeUpload(context.dataFolder, job.input);
    }
  };
}

/** Says an upload's own name where an error names the path that it has on the server. */
function underItsOwnName(error: string, input: JobInput): string {
  if (!("isOwned" in input) || !input.isOwned) return error;
  const name = input.name ?? basename(input.path);
  return error.replaceAll(input.path, () => name);
}

async function perform({ input }: JobRow, run: JobAtWork): Promise<void> {
  switch (input.kind) {
    case "addModel":
      await addModel(run, { path: input.path, name: input.name, isOwned: input.isOwned });
      return;
    case "addDataSet":
      await addDataSet(run, input);
      return;
    case "fetchModel":
      await fetchModel(run, input.source);
      return;
    case "demonstration":
      await startDemonstration(run, input.model);
      return;
    case "measureEffects":
      await measureEffects(run, input.collectionId, input.request);
      return;
    case "importDictionary":
      await importDictionary(run, input);
      return;
    case "study":
      await study(run, input.studyId);
      return;
    case "detect":
      await detectConcepts(run, input.detectionId);
      return;
    case "benchmark":
      await benchmark(run, input.runId, input.benchmarkIds);
      return;
    case "bake":
      await bake(run, input);
      return;
  }
}
