"use client";
import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { DropFile, type Sent } from "@/components/shell/drop-file";
import { Button } from "@/components/ui/button";
import { DiscardDraft } from "@/components/ui/discard-draft";
import { flatDraft } from "@/components/ui/drafts";
import { ErrorNote, messageOf } from "@/components/ui/error-note";
import { Panel } from "@/components/ui/panel";
import { Segmented } from "@/components/ui/segmented";
import { TextField } from "@/components/ui/text-field";
import { discardOnceSent, useDraft } from "@/components/ui/use-draft";
import { addDataSetMutation, uploadDataSetMutation } from "@/lib/client/data";
import type { TaskSummary } from "@/lib/contract/run";
import styles from "./data.module.css";

type AddDataSetProps = { onAdded: (task: TaskSummary) => void };

/** Ways to add a dataset; each becomes a task with its own progress. */
export function AddDataSet({ onAdded }: AddDataSetProps) {
  const [source, setSource] = useState<"path" | "upload">("path");
  const [added, setAdded] = useState<TaskSummary | null>(null);
  const finish = (task: TaskSummary) => {
    setAdded(task);
    onAdded(task);
  };
  return (
    <Panel title="Add a dataset">
      <div className={styles["add"]}>
        <Segmented
          label="From"
          value={source}
          options={[
            { value: "path", label: "Folder or file" },
            { value: "upload", label: "Upload" },
          ]}
          onValueChange={setSource}
        />
        {source === "path" ? <FromPath onAdded={finish} /> : <FromUpload onAdded={finish} />}
        {added ? (
          <p className="note" role="status">
            Started: {added.title}.
          </p>
        ) : null}
      </div>
    </Panel>
  );
}

const nothingTyped = { path: "", name: "" };

function FromPath({ onAdded }: AddDataSetProps) {
  const draft = useDraft("add-data/1", flatDraft(nothingTyped), nothingTyped);
  const { path, name } = draft.value;
  const add = useMutation({ ...addDataSetMutation(), ...discardOnceSent(draft) });
  const isReady = path.trim() !== "" && !add.isPending;
  const submit = () => add.mutate({ path: path.trim(), ...(name.trim() === "" ? {} : { name: name.trim() }) }, { onSuccess: onAdded });
  return (
    <form
      className={styles["add"]}
      onSubmit={(event) => {
        event.preventDefault();
        if (isReady) submit();
      }}
    >
      <TextField
        label="Path on the server"
        className="input mono"
        value={path}
        placeholder="/home/you/data/reviews.jsonl"
        hint="JSON lines, JSON, CSV, TSV, Parquet or text; a folder adds all such files in it"
        onValueChange={(path) => draft.set({ path, name })}
      />
      <TextField label="Name" value={name} placeholder="file name" onValueChange={(name) => draft.set({ path, name })} />
      <div className="row wrap">
        <Button look="primary" type="submit" disabled={!isReady}>
          {add.isPending ? "Adding…" : "Add"}
        </Button>
        <DiscardDraft draft={draft} />
      </div>
      {add.error ? <ErrorNote title="Could not add the dataset">{messageOf(add.error)}</ErrorNote> : null}
    </form>
  );
}

function FromUpload({ onAdded }: AddDataSetProps) {
  const [sent, setSent] = useState<Sent | null>(null);
  const upload = useMutation(uploadDataSetMutation((done, total) => setSent((current) => current && { ...current, done, total })));
  return (
    <>
      <DropFile
        label="Choose or drop a file"
        hint=".jsonl, .json, .csv, .tsv, .parquet or .txt"
        accept=".jsonl,.ndjson,.json,.csv,.tsv,.parquet,.txt"
        sent={upload.isPending ? sent : null}
        onFile={(file) => {
          setSent({ name: file.name, done: 0, total: file.size });
          upload.mutate(file, { onSuccess: onAdded });
        }}
      />
      {upload.error ? <ErrorNote title="Could not add the dataset">{messageOf(upload.error)}</ErrorNote> : null}
    </>
  );
}
