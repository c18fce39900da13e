"use client";
import { useMutation, useQuery } from "@tanstack/react-query";
import { Download, Trash2 } from "lucide-react";
import { usePathname, useRouter, useSearchParams } from "next/navigation";
import { ButtonLink } from "@/components/ui/button";
import { messageOf } from "@/components/ui/error-note";
import { InlineConfirm } from "@/components/ui/inline-confirm";
import { QueryState } from "@/components/ui/query-state";
import { adapterUrl, deleteRunMutation, runQuery, runsQuery } from "@/lib/client/runs";
import type { RunDetail, RunSummary } from "@/lib/contract/run";
import type { RunMethod } from "@/lib/contract/run-config";
import { type XAxis, xAxes } from "./curves";
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
import { DomainScores, Scorecard } from "./scorecard";
import { GradientNormChart, LearningRateChart, ThroughputChart } from "./step-charts";

/** How it is going and what came out. The overlaid run, the axis and its scale stand in the address. */
export function RunOverview({ runId }: { runId: string }) {
  const run = useQuery(runQuery(runId));
  const view = useView();
  const overlay = useQuery({ ...runQuery(view.overlayId), enabled: view.overlayId !== "" }).data;
  const others = useQuery(runsQuery()).data?.filter((run) => run.id !== runId && run.step > 0) ?? [];
  return (
    <QueryState
      query={run}
      failure="This run cannot be shown"
      actions={<ButtonLink href="/">All runs</ButtonLink>}
      waiting={<RunSkeleton />}
    >
      {(detail) => <Overview detail={detail} view={view} overlay={overlay} others={others} />}
    </QueryState>
  );
}

type OverviewProps = { detail: RunDetail; view: View; overlay: RunDetail | undefined; others: RunSummary[] };

function Overview({ detail, view, overlay, others }: OverviewProps) {
  return (
    <div className={styles["layout"]}>
      <div className={styles["column"]}>
        <RunNotice run={detail.run} />
        {detail.bakedEdits === null ? (
          <>
            <LossPanel
              detail={detail}
              overlay={overlay}
              overlayId={view.overlayId}
              others={others}
              onOverlay={(id) => view.set({ overlay: id })}
              axis={view.axis}
              onAxis={(axis) => view.set({ x: axis === "step" ? "" : axis })}
              isLogY={view.isLogY}
              onIsLogY={(isLogY) => view.set({ y: isLogY ? "log" : "" })}
            />
            <div className={styles["three"]}>
              <LearningRateChart detail={detail} axis={view.axis} />
              <GradientNormChart detail={detail} axis={view.axis} />
              <ThroughputChart detail={detail} axis={view.axis} />
            </div>
            {detail.run.method === "stan" && detail.imported === null ? <HealthPanel detail={detail} /> : null}
          </>
        ) : (
          <DerivedPanel detail={detail} />
        )}
        <div className={styles["two"]}>
          <DomainScores detail={detail} />
          <div className={styles["column"]}>
            {detail.bakedEdits === null && detail.imported === null ? (
              <LogPanel runId={runId} name={detail.run.name} log={detail.log} />
            ) : null}
            <ProvenancePanel detail={detail} />
          </div>
        </div>
      </div>
      <aside className={styles["column"]} aria-label="Facts">
        {detail.bakedEdits === null && detail.imported === null ? <Scorecard detail={detail} /> : null}
        <ImportedPanel detail={detail} />
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
  const hasAdapter = run.status === "finished" || run.status === "stopped";
  return (
    <div className="row wrap">
      {hasAdapter ? (
        <ButtonLink href={adapterUrl(run.id)} prefetch={false} download>
          <Download size={13} aria-hidden="true" />
          {downloadName(run.method)}
        </ButtonLink>
      ) : null}
      <InlineConfirm
        label={
          <>
            <Trash2 size={13} aria-hidden="true" />
            Delete
          </>
        }
        question="Delete the run with its adapter and statistics?"
        confirmLabel="Delete"
        isBusy={remove.isPending}
        onConfirm={() => remove.mutate(undefined, { onSuccess: () => router.push("/") })}
      />
      {remove.error ? <span className="status bad small">{messageOf(remove.error)}</span> : null}
    </div>
  );
}

function downloadName(method: RunMethod): string {
  switch (method) {
    case "stan":
    case "lora":
      return "Adapter (PEFT)";
    case "full":
      return "Weights (safetensors)";
    case "head":
      return "Head (safetensors)";
  }
}

type View = { overlayId: string; axis: XAxis; isLogY: boolean; set: (changes: Record<string, string>) => void };

function useView(): View {
  const router = useRouter();
  const pathname = usePathname();
  const parameters = useSearchParams();
  const wanted = parameters.get("x");
  return {
    overlayId: parameters.get("overlay") ?? "",
    axis: xAxes.find((axis) => axis === wanted) ?? "step",
    isLogY: parameters.get("y") === "log",
    set: (changes) => {
      const next = new URLSearchParams(parameters);
      for (const [name, value] of Object.entries(changes)) {
        if (value === "") next.delete(name);
        else next.set(name, value);
      }
      const query = next.toString();
      router.replace(query === "" ? pathname : `${pathname}?${query}`, { scroll: false });
    },
  };
}
