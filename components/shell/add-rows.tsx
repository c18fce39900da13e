"use client";
import type { UseMutationOptions } from "@tanstack/react-query";
import { Form } from "@/components/forms/form";
import { useDraftForm } from "@/components/forms/use-draft-form";
import { Button } from "@/components/ui/button";
import { DiscardDraft } from "@/components/ui/discard-draft";
import { flatDraft } from "@/components/ui/drafts";
import { ErrorNote, messageOf } from "@/components/ui/error-note";
import { TextArea, TextField } from "@/components/ui/text-field";
import { useKept } from "@/components/ui/use-kept";
import { uploadDataSetMutation } from "@/lib/client/data";
import type { UploadProgress } from "@/lib/client/upload";
import { uploadQuery } from "@/lib/contract/endpoints/queries";
import type { JobSummary } from "@/lib/contract/run";
import { formatPlural } from "@/lib/numbers/format";
import { fileOfRows, readPastedRows } from "./pasted-rows";
import { UploadFile } from "./upload-file";

/** `onAdded` gets the job that reads the rows, whose id the dataset has; it is called even if the page was left meanwhile. */
export type AddRowsProps = { readonly onAdded: (job: JobSummary) => void };

/** A file of rows from this computer. */
export function UploadRows({ onAdded }: AddRowsProps) {
  return (
    <UploadFile
      hint=".jsonl, .json, .csv, .tsv, .parquet or .txt; .zip of images"
      accept=".jsonl,.ndjson,.json,.csv,.tsv,.parquet,.txt,.zip"
      failure="Could not add the dataset"
      mutation={(onProgress) => takenBy(onAdded, onProgress)}
    />
  );
}

const nothingTyped = { text: "", name: "" };
const pasteDraft = { name: "paste-rows/1", schema: flatDraft(nothingTyped) };

/** Whether rows were pasted that are not sent yet. */
export function useHasPastedRows(): boolean {
  const [draft] = useKept(pasteDraft.name, pasteDraft.schema);
  return draft !== undefined;
}

/** Rows from the clipboard, kept as a draft until they are sent. */
export function PasteRows({ onAdded }: AddRowsProps) {
  const form = useDraftForm({
    ...pasteDraft,
    beginning: nothingTyped,
    requestOf: ({ text, name }) => {
      const rows = readPastedRows(text);
      return rows.problem !== undefined || rows.rows === 0 ? null : fileOfRows(rows, name.trim() || "pasted rows");
    },
    contract: uploadQuery,
    mutation: takenBy(onAdded),
  });
  const { text, name } = form.value;
  const { sending: add } = form;
  const rows = readPastedRows(text);
  return (
    <Form form={form} className="stack gap-12">
      <TextArea
        label="Pasted rows"
        field="text"
        rows={7}
        className="input mono"
        value={text}
        placeholder={'One text per line, or JSON lines:\n{"prompt": "…", "completion": "…"}'}
        error={rows.problem}
        hint={hintOf(rows)}
        onValueChange={(text) => form.set({ text, name })}
      />
      <TextField
        label="Dataset name"
        field="name"
        value={name}
        maxLength={100}
        placeholder="pasted rows"
        onValueChange={(name) => form.set({ text, name })}
      />
      <div className="row wrap">
        <Button look="primary" type="submit" disabled={rows.problem !== undefined || rows.rows === 0 || add.isPending}>
          {add.isPending ? "Adding…" : rows.rows ? `Add ${formatPlural(rows.rows, "row")}` : "Add rows"}
        </Button>
        <DiscardDraft draft={form} />
      </div>
      {add.error ? <ErrorNote title="Could not add the dataset">{messageOf(add.error)}</ErrorNote> : null}
    </Form>
  );
}

function hintOf(rows: ReturnType<typeof readPastedRows>): string {
  if (rows.problem !== undefined || rows.rows === 0) return "Plain lines, JSON lines, or a JSON list of objects";
  return rows.isText ? `${formatPlural(rows.rows, "row")}, one per line, in the column text` : `${formatPlural(rows.rows, "row")} of JSON`;
}

function takenBy(onAdded: AddRowsProps["onAdded"], onProgress?: UploadProgress): UseMutationOptions<JobSummary, Error, File> {
  const mutation = uploadDataSetMutation(onProgress);
  return {
    ...mutation,
    onSuccess: (job, ...rest) => {
      onAdded(job);
      return mutation.onSuccess?.(job, ...rest);
    },
  };
}
