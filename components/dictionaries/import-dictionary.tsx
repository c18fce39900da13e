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
import { importDictionaryMutation, uploadDictionaryMutation } from "@/lib/client/dictionaries";
import styles from "./dictionaries.module.css";

/** Ways to import a dictionary: from the server's disk, or an upload. */
export function ImportDictionary() {
  const [source, setSource] = useState<"path" | "upload">("path");
  return (
    <Panel title="Import" foot="Values missing from the export are left blank, never estimated.">
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
        {source === "path" ? <FromPath /> : <FromUpload />}
      </div>
    </Panel>
  );
}

const nothingTyped = { path: "", name: "" };

function FromPath() {
  const draft = useDraft("import-dictionary/1", flatDraft(nothingTyped), nothingTyped);
  const { path, name } = draft.value;
  const start = useMutation({ ...importDictionaryMutation(), ...discardOnceSent(draft) });
  const isReady = path.trim() !== "" && !start.isPending;
  return (
    <form
      className={styles["add"]}
      onSubmit={(event) => {
        event.preventDefault();
        if (isReady) start.mutate({ path: path.trim(), ...(name.trim() === "" ? {} : { name: name.trim() }) });
      }}
    >
      <TextField
        label="Path on the server"
        className="input mono"
        value={path}
        placeholder="/home/you/exports/gemma-2-2b/20-res"
        hint="A Neuronpedia export: a folder, .tar or .tar.gz"
        onValueChange={(path) => draft.set({ path, name })}
      />
      <TextField label="Name" value={name} placeholder="name in the export" onValueChange={(name) => draft.set({ path, name })} />
      <div className="row wrap">
        <Button look="primary" type="submit" disabled={!isReady}>
          {start.isPending ? "Starting…" : "Import"}
        </Button>
        <DiscardDraft draft={draft} />
      </div>
      {start.isSuccess && <Queued />}
      {start.error !== null && <ErrorNote title="Could not start the import">{messageOf(start.error)}</ErrorNote>}
    </form>
  );
}

function FromUpload() {
  const [sent, setSent] = useState<Sent | null>(null);
  const upload = useMutation(uploadDictionaryMutation((done, total) => setSent((current) => current && { ...current, done, total })));
  return (
    <>
      <DropFile
        label="Choose or drop a file"
        hint="a .tar or .tar.gz of a Neuronpedia export"
        accept=".tar,.gz,.tgz"
        sent={upload.isPending ? sent : null}
        onFile={(file) => {
          setSent({ name: file.name, done: 0, total: file.size });
          upload.mutate(file);
        }}
      />
      {upload.isSuccess && <Queued />}
      {upload.error !== null && <ErrorNote title="Could not start the import">{messageOf(upload.error)}</ErrorNote>}
    </>
  );
}

function Queued() {
  return (
    <p className="note" role="status">
      Import queued. Its progress is shown above the list.
    </p>
  );
}
