"use client";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { JobLine } from "@/components/shell/job-line";
import { Button } from "@/components/ui/button";
import { ErrorNote, messageOf } from "@/components/ui/error-note";
import { InlineConfirm } from "@/components/ui/inline-confirm";
import { Link } from "@/components/ui/link";
import { QueryState } from "@/components/ui/query-state";
import { Skeleton } from "@/components/ui/skeleton";
import { keys } from "@/lib/client/keys";
import { isAtWork, removeStudy, studyQuery, studyTableHref } from "@/lib/client/studies";
import { type EditStudyDetail, isOfEdits } from "@/lib/contract/study";
import { BulkView } from "./bulk/bulk-view";
import { DoseView } from "./dose/dose-view";
import { EvaluationView } from "./evaluation/evaluation-view";
import { requestWords } from "./request-words";
import styles from "./studies.module.css";
import { modulesOf, type StudyHome } from "./study-home";

type StudyViewProps = {
  readonly home: StudyHome;
  readonly studyId: string;
  readonly onClose: () => void;
  /** Opens the form with what this one was started with. */
  readonly onChange: (study: EditStudyDetail) => void;
};

/** One study with what is there of its result. */
export function StudyView({ home, studyId, onClose, onChange }: StudyViewProps) {
  return (
    <QueryState
      query={useQuery(studyQuery(studyId))}
      failure="Could not load this study"
      actions={<Button onClick={onClose}>Close</Button>}
      waiting={<Skeleton height={230} />}
    >
      {(study) =>
        isOfEdits(study) ? (
          <Study home={home} study={study} onClose={onClose} onChange={onChange} />
        ) : (
          <p className="note">
            This study measures the whole adapter, not edits:{" "}
            <Link href={`/runs/${encodeURIComponent(home.runId)}/measures?measure=${encodeURIComponent(studyId)}`}>
              open it in Measures
            </Link>
            .
          </p>
        )
      }
    </QueryState>
  );
}

type StudyProps = Omit<StudyViewProps, "studyId"> & { readonly study: EditStudyDetail };

function Study({ home, study, onClose, onChange }: StudyProps) {
  const studyId = study.id;
  const client = useQueryClient();
  const remove = useMutation({
    mutationFn: () => removeStudy(studyId),
    onSuccess: () => {
      onClose();
      client.removeQueries({ queryKey: keys.study(studyId) });
      return client.invalidateQueries({ queryKey: keys.studies(home.runId) });
    },
  });
  const { name, task: job, result } = study;
  const atWork = isAtWork(study);
  return (
    <div className="stack fit gap-12">
      <div className={styles["studyhead"]}>
        <div className={styles["about"]}>
          <h3 className={styles["name"]}>{name}</h3>
          <span className="small mid">{requestWords(study, modulesOf(home))}</span>
        </div>
        <div className={styles["actions"]}>
          <Button look="quiet" size="dense" title="Start another from these settings" onClick={() => onChange(study)}>
            Change…
          </Button>
          {result !== null && (
            <a className="btn quiet dense" href={studyTableHref(studyId)} download title="All numbers, CSV">
              Table
            </a>
          )}
          <InlineConfirm
            label="Remove"
            question={atWork ? "Stop and remove the study?" : "Remove the study and its result?"}
            confirmLabel="Remove"
            size="dense"
            isBusy={remove.isPending}
            onConfirm={() => remove.mutate()}
          />
          <Button look="quiet" size="dense" onClick={onClose}>
            Close
          </Button>
        </div>
      </div>
      {remove.error !== null && <ErrorNote title="Could not remove the study">{messageOf(remove.error)}</ErrorNote>}
      {job !== null && (atWork || job.status === "failed") && (
        <JobLine job={{ ...job, title: job.status === "failed" ? "The study" : "Measuring" }} />
      )}
      {job?.status === "cancelled" && (
        <p className="note">Cancelled: {result === null ? "nothing was measured." : "partial results are shown."}</p>
      )}
      {(result !== null || atWork) && <Result home={home} study={study} isAtWork={atWork} />}
    </div>
  );
}

type ResultProps = { readonly home: StudyHome; readonly study: EditStudyDetail; readonly isAtWork: boolean };

function Result({ home, study: { request, result }, isAtWork: atWork }: ResultProps) {
  switch (request.kind) {
    case "dose":
      return <DoseView home={home} request={request} result={result?.kind === "dose" ? result : null} isAtWork={atWork} />;
    case "bulk":
      return <BulkView home={home} request={request} result={result?.kind === "bulk" ? result : null} />;
    case "evaluation":
      return <EvaluationView home={home} request={request} result={result?.kind === "evaluation" ? result : null} />;
  }
}
