import type { TaskSummary } from "@/lib/contract/run";
import type { JobContext } from "./job-context";

export type TaskProgress = { done?: number; total?: number | null; unit?: TaskSummary["unit"]; message?: string };

/** What a task's own code works with. */
export type TaskRun = {
  readonly context: JobContext;
  readonly taskId: string;
  readonly queuedAt: Date;
  readonly signal: AbortSignal;
  /** Shows how far the task is; a call soon after another with no new message is passed over. */
  report(progress: TaskProgress): void;
  /** To be called before what the task did is written down. @throws LeaseLostError */
  confirm(): Promise<void>;
};
