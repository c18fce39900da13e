"use client";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Play } from "lucide-react";
import { Button } from "@/components/ui/button";
import { DiscardDraft } from "@/components/ui/discard-draft";
import { ErrorNote, messageOf } from "@/components/ui/error-note";
import { useShowRefusal } from "@/components/ui/form-scope";
import { showWrongField } from "@/components/ui/show-wrong-field";
import { discardOnceSent, type SentDraft } from "@/components/ui/use-draft";
import { keys } from "@/lib/client/keys";
import { startStudy } from "@/lib/client/studies";
import type { StudyInput } from "@/lib/contract/study";
import { CostLine } from "./cost-line";
import styles from "./studies.module.css";

type StartBarProps = {
  readonly runId: string;
  /** What would be started; a string says what is missing. */
  readonly study: StudyInput | string;
  /** Its name in the list. */
  readonly name: string;
  /** How many latents a bulk study will try. */
  readonly latents?: number;
  /** What the study was chosen by. */
  readonly draft: SentDraft;
  readonly onStarted: (studyId: string) => void;
};

/** What the study costs, and the button that starts it. */
export function StartBar({ runId, study, name, latents = 1, draft, onStarted }: StartBarProps) {
  const client = useQueryClient();
  const showRefusal = useShowRefusal();
  const start = useMutation({
    mutationFn: (asked: StudyInput) => startStudy(runId, { name: name.slice(0, 120), study: asked }),
    ...discardOnceSent(draft),
    onError: showRefusal,
    onSuccess: ({ id }) => {
      onStarted(id);
      return client.invalidateQueries({ queryKey: keys.studies(runId) });
    },
  });
  return (
    <>
      <div className={styles["start"]}>
        {typeof study === "string" ? <p className="small mid">{study}.</p> : <CostLine runId={runId} study={study} latents={latents} />}
        <DiscardDraft draft={draft} />
        <Button
          look="primary"
          disabled={typeof study === "string" || start.isPending}
          onClick={({ currentTarget }) => {
            if (typeof study !== "string" && !showWrongField(currentTarget.closest("section") ?? document)) start.mutate(study);
          }}
        >
          <Play size={12} aria-hidden="true" />
          {start.isPending ? "Starting…" : "Start"}
        </Button>
      </div>
      {start.error !== null && <ErrorNote title="Could not start the study">{messageOf(start.error)}</ErrorNote>}
    </>
  );
}
