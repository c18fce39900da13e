"use client";
import { useMutation, useQuery } from "@tanstack/react-query";
import { Play } from "lucide-react";
import { useRouter } from "next/navigation";
import { useEffect, useEffectEvent } from "react";
import { EstimatePanel } from "@/components/experiments/estimate-panel";
import styles from "@/components/experiments/experiments.module.css";
import { useSettled } from "@/components/new-run/use-settled";
import { Button } from "@/components/ui/button";
import { CopyButton } from "@/components/ui/copy-button";
import { ErrorNote, messageOf } from "@/components/ui/error-note";
import { useShowRefusal } from "@/components/ui/form-scope";
import { showWrongField } from "@/components/ui/show-wrong-field";
import { Skeleton } from "@/components/ui/skeleton";
import { discardOnceSent, type SentDraft } from "@/components/ui/use-draft";
import { estimateQuery, startExperimentMutation } from "@/lib/client/experiments";
import type { ExperimentInput } from "@/lib/contract/experiment";
import type { FormProps } from "./comparison-fields";
import { type ExperimentForm, experimentOf } from "./experiment-form";

type StartAsideProps = Pick<FormProps, "form"> & { domains: readonly string[]; draft: SentDraft };

/** The estimated cost, or why it cannot start. */
export function StartAside({ form, domains, draft }: StartAsideProps) {
  const read = readForm(form, domains);
  return (
    <div className={styles["aside"]}>
      {read.request === null ? <ErrorNote title={read.problem} tone="warn" /> : <Start request={read.request} draft={draft} />}
    </div>
  );
}

function Start({ request, draft }: { request: ExperimentInput; draft: SentDraft }) {
  const router = useRouter();
  const showRefusal = useShowRefusal();
  const markRefused = useEffectEvent((error: unknown) => showRefusal(error, "mark"));
  const settled = useSettled(request, 400);
  const estimate = useQuery(estimateQuery(settled));
  const start = useMutation({ ...startExperimentMutation(), ...discardOnceSent(draft) });
  useEffect(() => markRefused(estimate.error), [estimate.error]);
  const isBehind = JSON.stringify(settled) !== JSON.stringify(request) || estimate.isFetching;
  const begin = () => {
    if (showWrongField()) return;
    start.mutate(request, { onError: showRefusal, onSuccess: ({ experiment }) => router.push(`/experiments/${experiment.id}`) });
  };
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
        <span className="note grow">Every arm gets the same number of trials, steps and rows.</span>
        <CopyButton look="default" text={() => JSON.stringify(request, null, 2)}>
          Copy as JSON
        </CopyButton>
        <Button look="primary" disabled={isBehind || !estimate.data || start.isPending} onClick={begin}>
          <Play size={11} fill="currentColor" aria-hidden="true" />
          {start.isPending ? "Starting…" : "Start"}
        </Button>
      </div>
    </div>
  );
}

type ReadForm = { request: ExperimentInput; problem?: undefined } | { request: null; problem: string };

function readForm(form: ExperimentForm, domains: readonly string[]): ReadForm {
  if (form.name.trim() === "") return { request: null, problem: "Name the experiment." };
  try {
    return { request: experimentOf(form, domains) };
  } catch (error) {
    return { request: null, problem: messageOf(error) };
  }
}
