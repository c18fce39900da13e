import { Progress } from "@/components/ui/progress";
import { Status } from "@/components/ui/status";
import type { RunSummary } from "@/lib/contract/run";
import { formatDuration, formatPercent } from "@/lib/numbers/format";
import { runStates, shortError } from "./run-status";
import styles from "./runs.module.css";

/** A run's state in a table or card: a bar while it moves, the reason when it failed, the collection that follows. */
export function RunStateCell({ run }: { run: RunSummary }) {
  const state = runStates[run.status];
  if (run.status === "running" || run.status === "stopping") {
    return (
      <Moving
        head={run.status === "stopping" ? "stopping" : formatPercent(run.step / Math.max(1, run.steps), 0)}
        rest={run.secondsLeft === null ? "" : `${formatDuration(run.secondsLeft)} left`}
        done={run.step}
        total={run.steps}
      />
    );
  }
  if (run.status === "failed") {
    return (
      <span className={styles["reason"]} title={run.error ?? undefined}>
        <Status tone="bad">{run.error === null ? state.word : shortError(run.error)}</Status>
      </span>
    );
  }
  if (run.collection?.status === "running") {
    const { tokens, maxTokens } = run.collection;
    return <Moving head={formatPercent(tokens / maxTokens, 0)} rest="collecting" done={tokens} total={maxTokens} />;
  }
  return <Status tone={state.tone}>{run.collection?.status === "failed" ? `${state.word}, no statistics` : state.word}</Status>;
}

function Moving({ head, rest, done, total }: { head: string; rest: string; done: number; total: number }) {
  return (
    <span className={`stack gap-2 ${styles["moving"]}`}>
      <span className="row small">
        <Status tone="live">{head}</Status>
        <span className="dim">{rest}</span>
      </span>
      <Progress label="Done" done={done} total={total} />
    </span>
  );
}
