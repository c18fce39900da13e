import type { JobSummary } from "@/lib/contract/run";
import type { JobContext } from "./job-context";

export type JobProgress = { done?: number; total?: number | null; unit?: JobSummary["unit"]; message?: string };

/** What a job's own code works with. */
export type JobAtWork = {
  readonly context: JobContext;
  readonly taskId: string;
  readonly queuedAt: Date;
  readonly signal: AbortSignal;
  /** Shows how far the job is; a call soon after another with no new message is passed over. */
  report(progress: JobProgress): void;
  /** To be called before what the job did is written down. @throws LeaseLostError */
  confirm(): Promise<void>;
};
