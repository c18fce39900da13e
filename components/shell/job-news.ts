import { isOpenJob, type JobSummary } from "@/lib/contract/run";

const newsMs = 3_600_000;

/** Whether a job is still shown with its subject: while it is open, and for an hour after it failed. */
export function isJobNews(job: JobSummary, now: number): boolean {
  if (isOpenJob(job)) return true;
  return job.status === "failed" && now - Date.parse(job.createdAt) < newsMs;
}
