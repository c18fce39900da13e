"use client";
import { useQueryClient } from "@tanstack/react-query";
import { Play } from "lucide-react";
import type { ReactNode } from "react";
import type { z } from "zod";
import { Form } from "@/components/forms/form";
import { useDraftForm } from "@/components/forms/use-draft-form";
import { Button } from "@/components/ui/button";
import { DiscardDraft } from "@/components/ui/discard-draft";
import { ErrorNote, messageOf } from "@/components/ui/error-note";
import { keys } from "@/lib/client/keys";
import { startStudy } from "@/lib/client/studies";
import { type StartStudyInput, type StudySummary, startStudyRequest } from "@/lib/contract/study";
import styles from "./measures.module.css";

type MeasureDraft<Choice> = {
  readonly runId: string;
  readonly onStarted: (measureId: string) => void;
  /** Kept in the browser under this name. */
  readonly name: string;
  readonly schema: z.ZodType<Choice>;
  readonly beginning: Choice;
  /** Null while the choice is not complete. */
  readonly requestOf: (choice: Choice) => StartStudyInput | null;
};

/** The choices of a measure, which start it. */
export function useMeasureForm<Choice extends object>({ runId, onStarted, name, ...rest }: MeasureDraft<Choice>) {
  const client = useQueryClient();
  const draft = useDraftForm<Choice, StartStudyInput, StudySummary>({
    ...rest,
    name: `${name}/1/${runId}`,
    contract: startStudyRequest,
    mutation: {
      mutationFn: (request) => startStudy(runId, request),
      onSuccess: () => client.invalidateQueries({ queryKey: keys.studies(runId) }),
    },
    onSent: ({ id }) => onStarted(id),
  });
  const set = (change: Partial<Choice>) => draft.set((before) => ({ ...before, ...change }));
  return { draft, set };
}

type MeasureFormProps<Choice extends object> = {
  readonly draft: ReturnType<typeof useMeasureForm<Choice>>["draft"];
  readonly isReady?: boolean;
  /** What to know before it starts. */
  readonly note: string;
  readonly children: ReactNode;
};

/** The fields of a measure, and the button that starts it. */
export function MeasureForm<Choice extends object>({ draft, isReady = true, note, children }: MeasureFormProps<Choice>) {
  const { sending: start } = draft;
  return (
    <Form form={draft} className="stack fit gap-12">
      <div key={draft.round} className={`fields ${styles["fields"]}`}>
        {children}
      </div>
      <div className={styles["start"]}>
        <p className="small mid">{note}</p>
        <DiscardDraft draft={draft} />
        <Button look="primary" type="submit" disabled={!isReady || start.isPending}>
          <Play size={12} aria-hidden="true" />
          {start.isPending ? "Starting…" : "Measure"}
        </Button>
      </div>
      {start.error !== null && <ErrorNote title="Could not start">{messageOf(start.error)}</ErrorNote>}
    </Form>
  );
}
