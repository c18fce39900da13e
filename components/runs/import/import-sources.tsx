"use client";
import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { SentByEnter } from "@/components/forms/form";
import type { DraftForm } from "@/components/forms/use-draft-form";
import { DropFile, type Sent } from "@/components/shell/drop-file";
import { Button } from "@/components/ui/button";
import { ErrorNote, messageOf } from "@/components/ui/error-note";
import { TextField } from "@/components/ui/text-field";
import { uploadRunMutation } from "@/lib/client/runs";
import type { ImportRunInput } from "@/lib/contract/import-run";
import type { RunSummary } from "@/lib/contract/run";
import type { ImportForm } from "./import-form";
import styles from "./import-run.module.css";

type SourceProps = { readonly form: DraftForm<ImportForm, ImportRunInput, RunSummary> };

export function FromPath({ form }: SourceProps) {
  const { path } = form.value;
  const { sending: start } = form;
  return (
    <SentByEnter form={form} className={styles["fields"]}>
      <TextField
        label="Folder"
        field="path"
        className="input mono"
        value={path}
        placeholder="/home/you/outputs/checkpoint-500"
        hint="On the machine that runs the server; it is copied"
        onValueChange={(path) => form.set((before) => ({ ...before, path }))}
      />
      <Button look="primary" type="submit" disabled={path.trim() === "" || start.isPending}>
        {start.isPending ? "Importing" : "Import"}
      </Button>
      <Refused error={start.error} />
    </SentByEnter>
  );
}

type FromUploadProps = SourceProps & { readonly settings: Omit<ImportRunInput, "path">; readonly onRun: (run: RunSummary) => void };

export function FromUpload({ form, settings, onRun }: FromUploadProps) {
  const [sent, setSent] = useState<Sent | null>(null);
  const upload = useMutation({
    ...uploadRunMutation((done, total) => setSent((current) => current && { ...current, done, total })),
    onSettled: (_run, error) => (error === null ? form.discard() : form.showRefusal(error)),
  });
  return (
    <>
      <DropFile
        label="Choose or drop a file"
        hint="a .tar or .tar.gz of the adapter’s folder"
        accept=".tar,.gz,.tgz"
        sent={upload.isPending ? sent : null}
        onFile={(file) => {
          setSent({ name: file.name, done: 0, total: file.size });
          upload.mutate({ file, settings }, { onSuccess: onRun });
        }}
      />
      <Refused error={upload.error} />
    </>
  );
}

function Refused({ error }: { error: Error | null }) {
  return error === null ? null : <ErrorNote title="The run was not imported">{messageOf(error)}</ErrorNote>;
}
