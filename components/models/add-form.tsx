"use client";
import type { ReactNode } from "react";
import { Form } from "@/components/forms/form";
import type { DraftForm } from "@/components/forms/use-draft-form";
import { Button } from "@/components/ui/button";
import { DiscardDraft } from "@/components/ui/discard-draft";
import { ErrorNote, messageOf } from "@/components/ui/error-note";
import type { AddModelInput } from "@/lib/contract/api";
import type { JobSummary } from "@/lib/contract/run";
import styles from "./models.module.css";

type AddFormProps = {
  readonly form: Omit<DraftForm<object, AddModelInput, JobSummary>, "value" | "set">;
  /** Whether what is typed is complete. */
  readonly isReady: boolean;
  readonly submitLabel: string;
  readonly children: ReactNode;
};

/** A way to add a model: its fields, the button that sends them, and what came of it. */
export function AddForm({ form, isReady, submitLabel, children }: AddFormProps) {
  const { sending: add } = form;
  return (
    <Form form={form} className={`stack gap-12 ${styles["add"]}`}>
      {children}
      <div className="row wrap">
        <Button look="primary" type="submit" disabled={!isReady || add.isPending}>
          {submitLabel}
        </Button>
        <DiscardDraft draft={form} />
      </div>
      <Outcome error={add.error} job={add.data} />
    </Form>
  );
}

/** What came of a request to add a model. */
export function Outcome({ error, job }: { readonly error: Error | null; readonly job: JobSummary | undefined }) {
  if (error !== null) return <ErrorNote title="Could not add the model">{messageOf(error)}</ErrorNote>;
  return job === undefined ? null : <p className="note">Started: {job.title}.</p>;
}
