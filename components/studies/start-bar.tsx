"use client";
import { Play } from "lucide-react";
import { Button } from "@/components/ui/button";
import { DiscardDraft } from "@/components/ui/discard-draft";
import { ErrorNote, messageOf } from "@/components/ui/error-note";
import type { EditStudyInput } from "@/lib/contract/study";
import { CostLine } from "./cost-line";
import styles from "./studies.module.css";
import type { StudyForm } from "./use-study-form";

type StartBarProps = {
  readonly runId: string;
  /** What would be started; a string says what is missing. */
  readonly study: EditStudyInput | string;
  /** How many latents a bulk study will try. */
  readonly latents?: number;
  readonly form: Pick<StudyForm<object>, "isUnsent" | "discard" | "submit" | "sending">;
};

/** What the study costs, and the button that starts it. */
export function StartBar({ runId, study, latents = 1, form }: StartBarProps) {
  const { sending: start } = form;
  return (
    <>
      <div className={styles["start"]}>
        {typeof study === "string" ? <p className="small mid">{study}.</p> : <CostLine runId={runId} study={study} latents={latents} />}
        <DiscardDraft draft={form} />
        <Button look="primary" disabled={typeof study === "string" || start.isPending} onClick={form.submit}>
          <Play size={12} aria-hidden="true" />
          {start.isPending ? "Starting…" : "Start"}
        </Button>
      </div>
      {start.error !== null && <ErrorNote title="Could not start the study">{messageOf(start.error)}</ErrorNote>}
    </>
  );
}
