"use client";
import { SentByEnter } from "@/components/forms/form";
import type { DraftForm } from "@/components/forms/use-draft-form";
import { UploadFile } from "@/components/shell/upload-file";
import { Button } from "@/components/ui/button";
import { ErrorNote, messageOf } from "@/components/ui/error-note";
import { TextField } from "@/components/ui/text-field";
import { uploadRunMutation } from "@/lib/client/runs";
import type { ImportRunInput } from "@/lib/contract/import-run";
import type { RunSummary } from "@/lib/contract/run";
import type { ImportForm } from "./import-form";
import styles from "./import-run.module.css";

type SourceProps = { readonly form: DraftForm<ImportForm, ImportRunInput, RunSummary> };

const refused = "The run was not imported";

export function FromPath({ form }: SourceProps) {
  const { path } = form.value;
  const { sending: start } = form;
  return (
    <SentByEnter form={form} className={`stack fit gap-12 ${styles["fields"]}`}>
      <TextField
        label="Folder"
        field="path"
        className="input mono"
        value={path}
        placeholder="/home/you/outputs/checkpoint-500"
        hint="On the server’s machine; the folder is copied"
        onValueChange={(path) => form.set((before) => ({ ...before, path }))}
      />
      <Button look="primary" type="submit" disabled={path.trim() === "" || start.isPending}>
        {start.isPending ? "Importing" : "Import"}
      </Button>
      {start.error !== null && <ErrorNote title={refused}>{messageOf(start.error)}</ErrorNote>}
    </SentByEnter>
  );
}

type FromUploadProps = SourceProps & { readonly settings: Omit<ImportRunInput, "path">; readonly onRun: (run: RunSummary) => void };

export function FromUpload({ form, settings, onRun }: FromUploadProps) {
  return (
    <UploadFile
      hint="a .tar or .tar.gz of the adapter’s folder"
      accept=".tar,.gz,.tgz"
      failure={refused}
      mutation={(onProgress) => ({
        ...uploadRunMutation(settings, onProgress),
        onSettled: (_run, error) => (error === null ? form.discard() : form.showRefusal(error)),
      })}
      onAnswer={onRun}
    />
  );
}
