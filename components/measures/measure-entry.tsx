"use client";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { ResultEntry } from "@/components/shell/result-entry";
import { QueryState } from "@/components/ui/query-state";
import { Skeleton } from "@/components/ui/skeleton";
import { keys } from "@/lib/client/keys";
import { isAtWork, removeStudy, studyQuery, studyTableHref } from "@/lib/client/studies";
import type { LatentMethod } from "@/lib/contract/run-config";
import type { StudySummary } from "@/lib/contract/study";
import { ForgettingView } from "./forgetting/forgetting-view";
import { GainView } from "./gain/gain-view";

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
  const atWork = isAtWork(measure);
  return (
    <ResultEntry
      label={name}
      title={name}
      createdAt={createdAt}
      job={job}
      isAtWork={atWork}
      jobNames={["Measuring", "The measure"]}
      canOpen
      isOpen={isOpen}
      onOpen={onOpen}
      files={
        !atWork &&
        job?.status !== "failed" && (
          <a className="btn quiet dense" href={studyTableHref(id)} download title="All numbers, CSV">
            Table
          </a>
        )
      }
      remove={{ ...remove, mutate: () => remove.mutate() }}
    >
      {isOpen && <Opened runId={runId} measureId={id} method={method} />}
    </ResultEntry>
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
