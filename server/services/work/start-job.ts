import type { JobSummary } from "@/lib/contract/run";
import { newId } from "@/server/db/new-id";
import type { JobInput } from "@/server/db/work/job-input";
import { insertJob, readJobSummary } from "@/server/db/work/jobs";
import type { ServiceContext } from "@/server/services/context";
import { found } from "@/server/services/errors";

/**
 * Writes a job down and queues it: from here on a worker does it, whatever becomes of this process.
 *
 * @param job.id a fresh one, where something that stands already names it
 */
export async function startJob(
  { store }: ServiceContext,
  job: { id?: string; title: string; input: JobInput; unit: JobSummary["unit"]; total?: number },
): Promise<JobSummary> {
  const { id = newId() } = job;
  await insertJob(store.db, {
    id,
    kind: job.input.kind,
    title: job.title,
    input: job.input,
    unit: job.unit,
    total: job.total ?? null,
  });
  return found(await readJobSummary(store.db, id), "such job");
}
