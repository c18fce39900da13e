"use client";
import { useQuery } from "@tanstack/react-query";
import { useRouter } from "next/navigation";
import { useState } from "react";
import { FormFields } from "@/components/forms/form";
import { useDraftForm } from "@/components/forms/use-draft-form";
import { Button } from "@/components/ui/button";
import { DiscardDraft } from "@/components/ui/discard-draft";
import { ErrorNote, messageOf } from "@/components/ui/error-note";
import { Link } from "@/components/ui/link";
import { Panel } from "@/components/ui/panel";
import { Segmented } from "@/components/ui/segmented";
import { Select } from "@/components/ui/select";
import { TextField } from "@/components/ui/text-field";
import { useOpenSample } from "@/components/welcome/use-open-sample";
import { dataSetsQuery } from "@/lib/client/data";
import { modelsQuery } from "@/lib/client/models";
import { importRunMutation } from "@/lib/client/runs";
import { importRunRequest } from "@/lib/contract/import-run";
import { isLatentMethod, methodNames, methodOf } from "@/lib/contract/methods/methods";
import type { RunSummary } from "@/lib/contract/run";
import { ImportData } from "./import-data";
import { emptyImport, type ImportForm, importForm, importSettings } from "./import-form";
import styles from "./import-run.module.css";
import { FromPath, FromUpload } from "./import-sources";

/** Takes in a run that was trained elsewhere: an adapter in PEFT layout, with what its trainer logged. */
export function ImportRunPage() {
  const router = useRouter();
  const [source, setSource] = useState<"path" | "upload">("path");
  const dataSets = useQuery(dataSetsQuery()).data ?? [];
  const open = (run: RunSummary) => router.push(`/runs/${run.id}`);
  const form = useDraftForm({
    name: "import-run/1",
    schema: importForm,
    beginning: emptyImport,
    requestOf: (values) => (values.path.trim() === "" ? null : { ...importSettings(values, dataSets), path: values.path.trim() }),
    contract: importRunRequest,
    mutation: importRunMutation(),
    onSent: open,
  });
  const change = (changes: Partial<ImportForm>) => form.set((current) => ({ ...current, ...changes }));
  return (
    <main className="page">
      <div className="pagehead">
        <span className="crumb">
          <Link href="/">Runs</Link>
          <i>/</i>
        </span>
        <h1>Import a run</h1>
        <span className="grow" />
        <DiscardDraft draft={form} />
      </div>
      <div className="columns aside gap-16 stacks-1000">
        <Panel title="Adapter" foot="Missing metadata is left blank, never estimated.">
          <FormFields form={form}>
            <div className={`stack fit gap-12 ${styles["fields"]}`}>
              <About form={form.value} onForm={change} />
              <Segmented
                label="From"
                value={source}
                options={[
                  { value: "path", label: "Folder on the server" },
                  { value: "upload", label: "Upload" },
                ]}
                onValueChange={setSource}
              />
              {source === "path" ? (
                <FromPath form={form} />
              ) : (
                <FromUpload form={form} settings={importSettings(form.value, dataSets)} onRun={open} />
              )}
            </div>
          </FormFields>
        </Panel>
        <div className="stack wide">
          <WhatIsRead />
          <FromSample />
        </div>
      </div>
    </main>
  );
}

/** The way to the sample once other runs have taken the place of the welcome page. */
function FromSample() {
  const { open, isOpening, error } = useOpenSample();
  return (
    <Panel title="Sample">
      <div className="stack gap-12">
        <p className="mid">A finished STAN run with its statistics, included with Stanscope, ready to read and steer.</p>
        <div>
          <Button disabled={isOpening} onClick={() => open(({ id }) => `/runs/${id}`)}>
            Open the sample
          </Button>
        </div>
        {error === null ? null : <ErrorNote title="Could not open the sample">{messageOf(error)}</ErrorNote>}
      </div>
    </Panel>
  );
}

function About({ form, onForm }: { form: ImportForm; onForm: (changes: Partial<ImportForm>) => void }) {
  const models = useQuery(modelsQuery()).data ?? [];
  const dataSets = useQuery(dataSetsQuery()).data ?? [];
  return (
    <>
      <TextField label="Name" field="name" value={form.name} placeholder="the folder’s" onValueChange={(name) => onForm({ name })} />
      <Select
        label="Base model"
        field="modelId"
        hasLabel
        value={form.modelId}
        options={[{ value: "", label: "as the adapter’s file names it" }, ...models.map(({ id, name }) => ({ value: id, label: name }))]}
        hint="The installed model it was trained on"
        onValueChange={(modelId) => onForm({ modelId })}
      />
      <ImportData form={form} model={models.find(({ id }) => id === form.modelId)} dataSets={dataSets} onForm={onForm} />
    </>
  );
}

const adapterLabels = new Intl.ListFormat("en", { type: "disjunction" }).format(
  methodNames.filter(isLatentMethod).map((method) => methodOf({ method }).label),
);

const files: readonly (readonly [file: string, what: string])[] = [
  ["adapter_config.json", "method, sizes, target modules, base model"],
  [
    "adapter_model.safetensors",
    `matrices (${adapterLabels}), DoRA’s magnitudes and an encoder’s head; no tensor may be missing or left over`,
  ],
  ["labels.json, config.json", "class names of a classifier, if present; otherwise the base model’s, or numbers"],
  ["trainer_state.json", "loss, gradient norm, learning rate and evaluations by step, if present"],
  ["trainer_log.jsonl", "LLaMA-Factory’s log with tokens and times, if present"],
  ["README.md", "hyperparameters stated by the trainer, if present"],
];

function WhatIsRead() {
  return (
    <Panel title="What is read" foot="adapter_model.bin is a pickle and is not read: save the adapter with save_pretrained.">
      <p className="mid">A folder written by PEFT’s save_pretrained, or a trainer’s output folder (its newest checkpoint is used).</p>
      <dl className={`stack ${styles["files"]}`}>
        {files.map(([file, what]) => (
          <div key={file}>
            <dt className="mono">{file}</dt>
            <dd className="mid">{what}</dd>
          </div>
        ))}
      </dl>
    </Panel>
  );
}
