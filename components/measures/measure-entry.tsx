"use client";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { JobLine } from "@/components/shell/job-line";
import { Button } from "@/components/ui/button";
import { messageOf } from "@/components/ui/error-note";
import { InlineConfirm } from "@/components/ui/inline-confirm";
import { LocalTime } from "@/components/ui/local-time";
import { startedAt } from "@/components/ui/moment";
import { QueryState } from "@/components/ui/query-state";
import { Skeleton } from "@/components/ui/skeleton";
import { useNow } from "@/components/ui/use-now";
import { keys } from "@/lib/client/keys";
import { isAtWork, removeStudy, studyQuery, studyTableHref } from "@/lib/client/studies";
import type { LatentMethod } from "@/lib/contract/run-config";
import type { StudySummary } from "@/lib/contract/study";
import { ForgettingView } from "./forgetting/forgetting-view";
import { GainView } from "./gain/gain-view";
import styles from "./measures.module.css";

type MeasureEntryProps = {
  readonly runId: string;
  readonly method: LatentMethod;
  readonly measure: StudySummary;
  readonly isOpen: boolean;
  readonly onOpen: (isOpen: boolean) => void;
};

/** One measure, with what is there of its result where it is open. */
export function MeasureEntry({ runId, method, measure, isOpen, onOpen }: MeasureEntryProps) {
  const { id, name, createdAt, task: job } = measure;
  const client = useQueryClient();
  const remove = useMutation({
    mutationFn: () => removeStudy(id),
    onSuccess: () => {
      client.removeQueries({ queryKey: keys.study(id) });
      return client.invalidateQueries({ queryKey: keys.studies(runId) });
    },
  });
  const now = new Date(useNow(60_000));
  const atWork = isAtWork(measure);
  return (
    <li className={`stack fit ${styles["entry"]}`} aria-label={name}>
      <div className={styles["head"]}>
        <h3 className="cut-anywhere">{name}</h3>
        <span className="tiny dim">
          <LocalTime at={createdAt} format={(iso) => startedAt(iso, now)} />
        </span>
        <span className={styles["actions"]}>
          <Button look="quiet" size="dense" aria-expanded={isOpen} onClick={() => onOpen(!isOpen)}>
            {isOpen ? "Hide" : "Show"}
          </Button>
          {!atWork && job?.status !== "failed" && (
            <a className="btn quiet dense" href={studyTableHref(id)} download title="All numbers, CSV">
              Table
            </a>
          )}
          <InlineConfirm
            label="Remove"
            question={atWork ? "Stop and remove it?" : "Remove the result?"}
            confirmLabel="Remove"
            size="dense"
            isBusy={remove.isPending}
            onConfirm={() => remove.mutate()}
          />
        </span>
      </div>
      {remove.error !== null && <p className="status bad small">{messageOf(remove.error)}</p>}
      {job !== null && (atWork || job.status === "failed") && (
        <JobLine job={{ ...job, title: job.status === "failed" ? "The measure" : "Measuring" }} />
      )}
      {isOpen && <Opened runId={runId} measureId={id} method={method} />}
    </li>
  );
}

type OpenedProps = { readonly runId: string; readonly measureId: string; readonly method: LatentMethod };

function Opened({ runId, measureId, method }: OpenedProps) {
  return (
    <QueryState query={useQuery(studyQuery(measureId))} failure="Could not load this measure" waiting={<Skeleton height={230} />}>
      {(study) => {
        if (study.result?.kind === "gain") return <GainView method={method} result={study.result} isAtWork={isAtWork(study)} />;
        if (study.result?.kind === "forgetting")
          return <ForgettingView runId={runId} method={method} result={study.result} isAtWork={isAtWork(study)} />;
        return isAtWork(study) ? <Skeleton height={230} /> : <p className="note">Nothing was measured.</p>;
      }}
    </QueryState>
  );
}
