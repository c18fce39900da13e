"use client";
import { useState } from "react";
import { Form } from "@/components/forms/form";
import { useDraftForm } from "@/components/forms/use-draft-form";
import { UploadFile } from "@/components/shell/upload-file";
import { Button } from "@/components/ui/button";
import { DiscardDraft } from "@/components/ui/discard-draft";
import { flatDraft } from "@/components/ui/drafts";
import { ErrorNote, messageOf } from "@/components/ui/error-note";
import { Panel } from "@/components/ui/panel";
import { Segmented } from "@/components/ui/segmented";
import { TextField } from "@/components/ui/text-field";
import { importDictionaryMutation, uploadDictionaryMutation } from "@/lib/client/dictionaries";
import { importDictionaryRequest } from "@/lib/contract/api";
import styles from "./dictionaries.module.css";

/** Ways to import a dictionary: from the server's disk, or an upload. */
export function ImportDictionary() {
  const [source, setSource] = useState<"path" | "upload">("path");
  return (
    <Panel title="Import" foot="Values missing from the export are left blank, never estimated.">
      <div className={`stack fit gap-12 ${styles["add"]}`}>
        <Segmented
          label="From"
          value={source}
          options={[
            { value: "path", label: "Folder or file" },
            { value: "upload", label: "Upload" },
          ]}
          onValueChange={setSource}
        />
        {source === "path" ? <FromPath /> : <FromUpload />}
      </div>
    </Panel>
  );
}

const nothingTyped = { path: "", name: "" };

function FromPath() {
  const form = useDraftForm({
    name: "import-dictionary/1",
    schema: flatDraft(nothingTyped),
    beginning: nothingTyped,
    requestOf: ({ path, name }) =>
      path.trim() === "" ? null : { path: path.trim(), ...(name.trim() === "" ? {} : { name: name.trim() }) },
    contract: importDictionaryRequest,
    mutation: importDictionaryMutation(),
  });
  const { path, name } = form.value;
  const { sending: start } = form;
  return (
    <Form form={form} className={`stack fit gap-12 ${styles["add"]}`}>
      <TextField
        label="Path on the server"
        field="path"
        className="input mono"
        value={path}
        placeholder="/home/you/exports/gemma-2-2b/20-res"
        hint="A Neuronpedia export: a folder, .tar or .tar.gz"
        onValueChange={(path) => form.set({ path, name })}
      />
      <TextField
        label="Name"
        field="name"
        value={name}
        placeholder="name in the export"
        onValueChange={(name) => form.set({ path, name })}
      />
      <div className="row wrap">
        <Button look="primary" type="submit" disabled={path.trim() === "" || start.isPending}>
          {start.isPending ? "Starting…" : "Import"}
        </Button>
        <DiscardDraft draft={form} />
      </div>
      {start.isSuccess && <Queued />}
      {start.error !== null && <ErrorNote title="Could not start the import">{messageOf(start.error)}</ErrorNote>}
    </Form>
  );
}

function FromUpload() {
  return (
    <UploadFile
      hint="a .tar or .tar.gz of a Neuronpedia export"
      accept=".tar,.gz,.tgz"
      failure="Could not start the import"
      mutation={uploadDictionaryMutation}
    >
      <Queued />
    </UploadFile>
  );
}

function Queued() {
  return (
    <p className="note" role="status">
      Import queued. Its progress is shown above the list.
    </p>
  );
}
