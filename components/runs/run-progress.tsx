import { CancelCollection } from "@/components/shell/cancel-collection";
import { ProgressFacts } from "@/components/shell/progress-facts";
import { Progress } from "@/components/ui/progress";
import { Status } from "@/components/ui/status";
import { positionKindOf } from "@/lib/contract/positions/positions";
import type { RunSummary, StepMetrics } from "@/lib/contract/run";
import { formatCount, formatDuration, formatInteger, formatPercent } from "@/lib/numbers/format";
import styles from "./run.module.css";
import { runStates } from "./run-status";

/** Under the tabs while something moves: the training, or the collection after it. */
export function RunProgress({ run, newestStep }: { run: RunSummary; newestStep: StepMetrics | null }) {
  const state = runStates[run.status];
  if (run.status === "running" || run.status === "stopping" || run.status === "queued") {
    const tokens = newestStep?.tokens ?? null;
    return (
      <div className={styles["progress"]}>
        <Status tone={state.tone}>{state.word}</Status>
        <span className="small mid">
          {run.status === "queued" ? (
            "queued for a worker"
          ) : (
            <>
              step <b>{formatInteger(run.step)}</b> of {formatInteger(run.steps)}
              {tokens === null ? "" : ` · ${formatCount(tokens)} tokens`}
            </>
          )}
        </span>
        <span className="small mid">{run.secondsLeft === null ? "" : `${formatDuration(run.secondsLeft)} left`}</span>
        <Progress label="Training" done={run.step} total={run.steps} isLive={run.status !== "queued"} />
      </div>
    );
  }
  const { collection } = run;
  if (!collection || (collection.status !== "running" && collection.status !== "queued")) return null;
  const isLive = collection.status === "running";
  return (
    <div className={styles["progress"]}>
      <Status tone={isLive ? "live" : "waiting"}>{isLive ? "Collecting statistics" : "Statistics queued"}</Status>
      <span className="small mid">
        <ProgressFacts
          work={{ done: collection.tokens, total: collection.maxTokens, unit: positionKindOf(collection.positionKind).plural }}
        />
      </span>
      <span className="row small mid">
        {formatPercent(collection.tokens / collection.maxTokens, 0)}
        <CancelCollection collectionId={collection.id} size="dense" />
      </span>
      <Progress label="Collecting statistics" done={collection.tokens} total={collection.maxTokens} isLive={isLive} />
    </div>
  );
}
