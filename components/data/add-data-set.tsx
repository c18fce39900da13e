"use client";
import { useState } from "react";
import { Form } from "@/components/forms/form";
import { useDraftForm } from "@/components/forms/use-draft-form";
import { PasteRows, UploadRows } from "@/components/shell/add-rows";
import { Button } from "@/components/ui/button";
import { DiscardDraft } from "@/components/ui/discard-draft";
import { flatDraft } from "@/components/ui/drafts";
import { ErrorNote, messageOf } from "@/components/ui/error-note";
import { Panel } from "@/components/ui/panel";
import { Segmented } from "@/components/ui/segmented";
import { TextField } from "@/components/ui/text-field";
import { addDataSetMutation } from "@/lib/client/data";
import { addDataSetRequest } from "@/lib/contract/data-set";
import type { JobSummary } from "@/lib/contract/run";
import styles from "./data.module.css";

type AddDataSetProps = { onAdded: (job: JobSummary) => void };

/** Ways to add a dataset; each becomes a job with its own progress. */
export function AddDataSet({ onAdded }: AddDataSetProps) {
  const [source, setSource] = useState<"path" | "upload" | "paste">("path");
  const [added, setAdded] = useState<JobSummary | null>(null);
  const finish = (job: JobSummary) => {
    setAdded(job);
    onAdded(job);
  };
  return (
    <Panel title="Add a dataset">
      <div className={`stack gap-12 ${styles["add"]}`}>
        <Segmented
          label="From"
          value={source}
          options={[
            { value: "path", label: "Folder or file" },
            { value: "upload", label: "Upload" },
            { value: "paste", label: "Paste" },
          ]}
          onValueChange={setSource}
        />
        {source === "path" ? <FromPath onAdded={finish} /> : null}
        {source === "upload" ? <UploadRows onAdded={finish} /> : null}
        {source === "paste" ? <PasteRows onAdded={finish} /> : null}
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
  const form = useDraftForm({
    name: "add-data/1",
    schema: flatDraft(nothingTyped),
    beginning: nothingTyped,
    requestOf: ({ path, name }) =>
      path.trim() === "" ? null : { path: path.trim(), ...(name.trim() === "" ? {} : { name: name.trim() }) },
    contract: addDataSetRequest,
    mutation: addDataSetMutation(),
    onSent: onAdded,
  });
  const { path, name } = form.value;
  const { sending: add } = form;
  return (
    <Form form={form} className={`stack gap-12 ${styles["add"]}`}>
      <TextField
        label="Path on the server"
        field="path"
        className="input mono"
        value={path}
        placeholder="/home/you/data/reviews.jsonl"
        hint="JSON lines, JSON, CSV, TSV, Parquet or text, or a folder of such files; images: a folder or zip archive with a folder for each class, or Parquet"
        onValueChange={(path) => form.set({ path, name })}
      />
      <TextField label="Name" field="name" value={name} placeholder="file name" onValueChange={(name) => form.set({ path, name })} />
      <div className="row wrap">
        <Button look="primary" type="submit" disabled={path.trim() === "" || add.isPending}>
          {add.isPending ? "Adding…" : "Add"}
        </Button>
        <DiscardDraft draft={form} />
      </div>
      {add.error ? <ErrorNote title="Could not add the dataset">{messageOf(add.error)}</ErrorNote> : null}
    </Form>
  );
}
