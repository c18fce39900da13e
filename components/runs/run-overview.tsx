"use client";
import { useMutation, useQuery } from "@tanstack/react-query";
import { Download, Trash2 } from "lucide-react";
import { useRouter } from "next/navigation";
import { useQueryStates } from "nuqs";
import { useMemo } from "react";
import { pagesOf } from "@/components/methods/methods";
import { ButtonLink } from "@/components/ui/button";
import { messageOf } from "@/components/ui/error-note";
import { FailedPart } from "@/components/ui/failed-part";
import { InlineConfirm } from "@/components/ui/inline-confirm";
import { type QueryReading, QueryState } from "@/components/ui/query-state";
import { adapterUrl, deleteRunMutation, runCurveQuery, runQuery, runsQuery, type StepRange } from "@/lib/client/runs";
import { methodOf } from "@/lib/contract/methods/methods";
import { hasAdapter, type RunDetail, type RunSummary } from "@/lib/contract/run";
import { DerivedPanel } from "./derived-panel";
import { ConfigurationPanel, CostPanel, ProvenancePanel } from "./facts-panels";
import { HealthPanel } from "./health-panel";
import { ImportedPanel } from "./imported-panel";
import { LogPanel } from "./log-panel";
import { LossPanel } from "./loss-panel";
import styles from "./run.module.css";
import { RunNotice } from "./run-notice";
import { RunSkeleton } from "./run-skeleton";
import { isOver } from "./run-status";
import { type RunView, runViewNames, runViewParameters } from "./run-view";
import { SamplePanel } from "./sample-panel";
import { DomainScores, Scorecard } from "./scorecard";
import { GradientNormChart, LearningRateChart, ThroughputChart } from "./step-charts";
import { withinRange } from "./step-range";

/** How it is going and what came out. The overlaid run, the axis, its scale and its range are in the address. */
export function RunOverview({ runId }: { runId: string }) {
  const run = useQuery(runQuery(runId));
  const [view, setView] = useQueryStates(runViewParameters, { urlKeys: runViewNames });
  const overlaid = useQuery({ ...runQuery(view.overlayId), enabled: view.overlayId !== "" });
  const overlay = useInRange(overlaid.data, view.range).shown;
  const others = useQuery(runsQuery()).data?.filter((run) => run.id !== runId && run.step > 0) ?? [];
  return (
    <QueryState
      query={run}
      failure="Could not load this run"
      actions={<ButtonLink href="/">All runs</ButtonLink>}
      waiting={<RunSkeleton />}
    >
      {(detail) => (
        <Overview
          detail={detail}
          view={view}
          onView={(changes) => void setView(changes)}
          overlay={overlay}
          overlaid={overlaid}
          others={others}
        />
      )}
    </QueryState>
  );
}

type OverviewProps = {
  detail: RunDetail;
  view: RunView;
  onView: (changes: Partial<RunView>) => void;
  overlay: RunDetail | undefined;
  /** The reading of the overlaid run. */
  overlaid: QueryReading<unknown>;
  others: RunSummary[];
};

function Overview({ detail, view, onView, overlay, overlaid, others }: OverviewProps) {
  const ranged = useInRange(detail, view.range);
  const shown = ranged.shown ?? detail;
  const range = shown === detail ? null : view.range;
  return (
    <div className={`columns gap-16 stacks-1080 ${styles["layout"]}`}>
      <div className="stack wide">
        <RunNotice run={detail.run} />
        {detail.bakedEdits === null ? (
          <>
            <FailedPart query={overlaid} failure="Could not load the overlaid run" />
            <FailedPart query={ranged.curve} failure="Could not load the curve of these steps" />
            <LossPanel
              detail={shown}
              overlay={overlay}
              overlayId={view.overlayId}
              others={others}
              onOverlay={(overlayId) => onView({ overlayId })}
              axis={view.axis}
              onAxis={(axis) => onView({ axis })}
              isLogY={view.isLogY}
              onIsLogY={(isLogY) => onView({ isLogY })}
              range={range}
              onRange={(range) => onView({ range })}
            />
            <div className="columns three even gap-16 stacks-720">
              <LearningRateChart detail={shown} axis={view.axis} range={range} />
              <GradientNormChart detail={shown} axis={view.axis} range={range} />
              <ThroughputChart detail={shown} axis={view.axis} range={range} />
            </div>
            {methodOf(detail.config.adapter).sparsityOf(detail.config.adapter) !== null && detail.imported === null ? (
              <HealthPanel detail={detail} />
            ) : null}
          </>
        ) : (
          <DerivedPanel detail={detail} />
        )}
        <div className={`columns even gap-16 stacks-720 ${styles["two"]}`}>
          <DomainScores detail={detail} />
          {detail.bakedEdits === null && detail.imported === null ? (
            <LogPanel runId={detail.run.id} name={detail.run.name} log={detail.log} />
          ) : null}
        </div>
        <ProvenancePanel detail={detail} />
      </div>
      <aside className="stack wide" aria-label="Facts">
        {detail.bakedEdits === null && detail.imported === null ? <Scorecard detail={detail} /> : null}
        <ImportedPanel detail={detail} />
        <SamplePanel detail={detail} />
        <ConfigurationPanel detail={detail} />
        <CostPanel detail={detail} />
        <KeepOrDelete detail={detail} />
      </aside>
    </div>
  );
}

function KeepOrDelete({ detail }: { detail: RunDetail }) {
  const router = useRouter();
  const { run } = detail;
  const remove = useMutation({ ...deleteRunMutation(run.id) });
  if (!isOver(run)) return null;
  return (
    <div className="row wrap">
      {hasAdapter(run) ? (
        <>
          <ButtonLink href={adapterUrl(run.id, "tar")} prefetch={false} download>
            <Download size={13} aria-hidden="true" />
            {pagesOf(run).downloadName}
          </ButtonLink>
          <ButtonLink href={adapterUrl(run.id, "zip")} prefetch={false} download aria-label={`${pagesOf(run).downloadName} as zip`}>
            as zip
          </ButtonLink>
        </>
      ) : null}
      <InlineConfirm
        label={
          <>
            <Trash2 size={13} aria-hidden="true" />
            {run.isSample ? "Remove the sample" : "Delete"}
          </>
        }
        question={
          run.isSample
            ? "Remove the sample with your labels, edits and measurements of it? It can be opened again, without them."
            : "Delete the run with its adapter and statistics?"
        }
        confirmLabel={run.isSample ? "Remove" : "Delete"}
        isBusy={remove.isPending}
        onConfirm={() => remove.mutate(undefined, { onSuccess: () => router.push("/") })}
      />
      {remove.error ? <span className="status bad small">{messageOf(remove.error)}</span> : null}
    </div>
  );
}

/** The run with the curve of a range of steps, once that has been read; until then as it is. */
function useInRange(detail: RunDetail | undefined, range: StepRange | null) {
  const curve = useQuery({
    ...runCurveQuery(detail?.run.id ?? "", range ?? { from: 0, to: 0 }),
    enabled: detail !== undefined && range !== null,
  });
  const { data } = curve;
  const shown = useMemo(() => (detail && data && range ? withinRange(detail, data, range) : detail), [detail, data, range]);
  return { shown, curve };
}
