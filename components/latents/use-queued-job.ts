"use client";
import { useQuery } from "@tanstack/react-query";
import { messageOf } from "@/components/ui/error-note";
import { jobsQuery } from "@/lib/client/jobs";
import type { JobSummary } from "@/lib/contract/run";

type Queueing = { readonly data: JobSummary | undefined; readonly error: Error | null };

/** The job that a request has queued, as it stands now, and why the request or the job failed; null where neither did. */
export function useQueuedJob({ data, error }: Queueing): { readonly job: JobSummary | undefined; readonly failure: string | null } {
  const jobs = useQuery({ ...jobsQuery(), enabled: data !== undefined });
  const job = jobs.data?.find(({ id }) => id === data?.id) ?? data;
  if (error !== null) return { job, failure: messageOf(error) };
  return { job, failure: job?.status === "failed" ? (job.error ?? "failed") : null };
}
