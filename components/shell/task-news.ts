import type { TaskSummary } from "@/lib/contract/run";

const newsMs = 3_600_000;

/** Whether a task is still shown with its subject: while it is open, and for an hour after it failed. */
export function isTaskNews(task: TaskSummary, now: number): boolean {
  if (task.status === "queued" || task.status === "running") return true;
  return task.status === "failed" && now - Date.parse(task.createdAt) < newsMs;
}
