"use client";
import { useMutation } from "@tanstack/react-query";
import { useRouter } from "next/navigation";
import { ReportMenu } from "@/components/shell/report-menu";
import { Button, ButtonLink } from "@/components/ui/button";
import { CopyButton } from "@/components/ui/copy-button";
import { ErrorNote, messageOf } from "@/components/ui/error-note";
import { InlineConfirm } from "@/components/ui/inline-confirm";
import { Link } from "@/components/ui/link";
import { saveFile } from "@/components/ui/save-file";
import { Status } from "@/components/ui/status";
import { deleteExperimentMutation, experimentActionMutation } from "@/lib/client/experiments";
import type { ExperimentDetail } from "@/lib/contract/experiment";
import { experimentStates } from "./trial-words";
import { trialsCsv } from "./trials-csv";

/** Name, status and actions of the experiment. */
export function ExperimentHead({ detail }: { detail: ExperimentDetail }) {
  const { experiment, request, trials } = detail;
  const router = useRouter();
  const act = useMutation(experimentActionMutation(experiment.id));
  const remove = useMutation(deleteExperimentMutation(experiment.id));
  const { word, tone } = experimentStates[experiment.status];
  const error = act.error ?? remove.error;
  const finals = trials.flatMap(({ stage, status, run }) => (stage === "final" && status === "finished" && run !== null ? [run.id] : []));
  return (
    <>
      <div className="pagehead">
        <div>
          <div className="crumb small">
            <Link href="/experiments">Experiments</Link>
            <i>/</i>
          </div>
          <h1>{experiment.name}</h1>
          <span className="small dim">
            {experiment.modelName} · {experiment.dataName} · {experiment.arms.join(", ")}
          </span>
        </div>
        <Status tone={tone}>{word}</Status>
        <span className="grow" />
        <CopyButton look="quiet" text={() => JSON.stringify(request, null, 2)}>
          Copy as JSON
        </CopyButton>
        <Button look="quiet" onClick={() => saveFile("experiment.csv", trialsCsv(detail), "text/csv")}>
          CSV
        </Button>
        {finals.length > 1 ? (
          <ReportMenu
            subject="experiment"
            href={(format) => `/api/experiments/${encodeURIComponent(experiment.id)}/report?format=${format}`}
          />
        ) : null}
        {experiment.status === "running" ? (
          <InlineConfirm
            label="Cancel"
            question="Stop this experiment? Finished runs are kept, and you can resume it later."
            confirmLabel="Cancel experiment"
            isBusy={act.isPending}
            onConfirm={() => act.mutate("cancel")}
          />
        ) : (
          <InlineConfirm
            label="Remove"
            question="Remove this experiment? Its runs are kept."
            confirmLabel="Remove"
            isBusy={remove.isPending}
            onConfirm={() => remove.mutate(undefined, { onSuccess: () => router.push("/experiments") })}
          />
        )}
        {experiment.status === "cancelled" || experiment.status === "failed" ? (
          <Button look="primary" disabled={act.isPending} onClick={() => act.mutate("resume")}>
            Resume
          </Button>
        ) : null}
        {finals.length > 1 ? (
          <ButtonLink look={experiment.status === "finished" ? "primary" : "default"} href={`/compare?runs=${finals.join(",")}`}>
            Compare final runs
          </ButtonLink>
        ) : null}
      </div>
      {error ? <ErrorNote title="Action failed">{messageOf(error)}</ErrorNote> : null}
    </>
  );
}
