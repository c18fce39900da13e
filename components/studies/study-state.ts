import type { StatusTone } from "@/components/ui/status";
import type { StudySummary } from "@/lib/contract/study";
import { formatPercent } from "@/lib/numbers/format";

/** A study's state in a word; how far it is while it runs. A task that is no longer there had ended. */
export function studyState({ task }: Pick<StudySummary, "task">): { readonly tone: StatusTone; readonly words: string } {
  switch (task?.status) {
    case "queued":
      return { tone: "waiting", words: "queued" };
    case "running":
      return { tone: "live", words: task.total === null || task.total === 0 ? "running" : formatPercent(task.done / task.total, 0) };
    case "failed":
      return { tone: "bad", words: "failed" };
    case "cancelled":
      return { tone: "off", words: "cancelled" };
    default:
      return { tone: "done", words: "done" };
  }
}
