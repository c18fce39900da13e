"use client";
import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { DropFile, type Sent } from "@/components/shell/drop-file";
import { Button } from "@/components/ui/button";
import { ErrorNote, messageOf } from "@/components/ui/error-note";
import { TextField } from "@/components/ui/text-field";
import { discardOnceSent, type SentDraft } from "@/components/ui/use-draft";
import { importRunMutation, uploadRunMutation } from "@/lib/client/runs";
import type { ImportRunInput } from "@/lib/contract/import-run";
import type { RunSummary } from "@/lib/contract/run";
import styles from "./import-run.module.css";

type SourceProps = { settings: Omit<ImportRunInput, "path">; draft: SentDraft; onRun: (run: RunSummary) => void };

export function FromPath({ path, onPath, settings, draft, onRun }: SourceProps & { path: string; onPath: (path: string) => void }) {
  const start = useMutation({ ...importRunMutation(), ...discardOnceSent(draft) });
  const isReady = path.trim() !== "" && !start.isPending;
  return (
    <form
      className={styles["fields"]}
      onSubmit={(event) => {
        event.preventDefault();
        if (isReady) start.mutate({ ...settings, path: path.trim() }, { onSuccess: onRun });
      }}
    >
      <TextField
        label="Folder"
        className="input mono"
        value={path}
        placeholder="/home/you/outputs/checkpoint-500"
        hint="On the machine that runs the server; it is copied"
        onValueChange={onPath}
      />
      <Button look="primary" type="submit" disabled={!isReady}>
        {start.isPending ? "Importing" : "Import"}
      </Button>
      <Refused error={start.error} />
    </form>
  );
}

export function FromUpload({ settings, draft, onRun }: SourceProps) {
  const [sent, setSent] = useState<Sent | null>(null);
  const upload = useMutation({
    ...uploadRunMutation((done, total) => setSent((current) => current && { ...current, done, total })),
    ...discardOnceSent(draft),
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
