"use client";
import { useQuery } from "@tanstack/react-query";
import { Play } from "lucide-react";
import { useEffect, useEffectEvent } from "react";
import { EstimatePanel } from "@/components/experiments/estimate-panel";
import styles from "@/components/experiments/experiments.module.css";
import { Button } from "@/components/ui/button";
import { CopyButton } from "@/components/ui/copy-button";
import { ErrorNote, messageOf } from "@/components/ui/error-note";
import { Skeleton } from "@/components/ui/skeleton";
import { useSettled } from "@/components/ui/use-settled";
import { estimateQuery } from "@/lib/client/experiments";
import type { ExperimentInput } from "@/lib/contract/experiment";
import { readForm } from "./read-form";
import type { ExperimentDraft } from "./use-experiment-form";

type StartAsideProps = { draft: ExperimentDraft; domains: readonly string[] };

/** The estimated cost, or why it cannot start. */
export function StartAside({ draft, domains }: StartAsideProps) {
  const read = readForm(draft.value, domains);
  return (
    <div className={styles["aside"]}>
      {read.request === null ? <ErrorNote title={read.problem} tone="warn" /> : <Start request={read.request} draft={draft} />}
    </div>
  );
}

function Start({ request, draft }: { request: ExperimentInput; draft: ExperimentDraft }) {
  const markRefused = useEffectEvent((error: unknown) => draft.showRefusal(error, "mark"));
  const settled = useSettled(request, 400);
  const estimate = useQuery(estimateQuery(settled));
  const { sending: start } = draft;
  useEffect(() => markRefused(estimate.error), [estimate.error]);
  const isBehind = JSON.stringify(settled) !== JSON.stringify(request) || estimate.isFetching;
  return (
    <div className="stack wide">
      {estimate.error && !estimate.data ? (
        <ErrorNote title="Can’t start with these settings">{messageOf(estimate.error)}</ErrorNote>
      ) : estimate.data ? (
        <EstimatePanel estimate={estimate.data} title="Estimated cost" />
      ) : (
        <Skeleton height={260} />
      )}
      {start.error ? <ErrorNote title="Could not start the experiment">{messageOf(start.error)}</ErrorNote> : null}
      <div className={styles["go"]}>
        <span className={`note ${styles["equal"]}`}>Every arm gets the same number of trials, steps and rows.</span>
        <CopyButton look="default" text={() => JSON.stringify(request, null, 2)}>
          Copy as JSON
        </CopyButton>
        <Button look="primary" disabled={isBehind || !estimate.data || start.isPending} onClick={draft.submit}>
          <Play size={11} fill="currentColor" aria-hidden="true" />
          {start.isPending ? "Starting…" : "Start"}
        </Button>
      </div>
    </div>
  );
}
