"use client";
import { useQuery } from "@tanstack/react-query";
import { useRouter } from "next/navigation";
import { useQueryStates } from "nuqs";
import { Fragment, useEffect, useState } from "react";
import { FormFields } from "@/components/forms/form";
import { newRunHref, newRunParameters, writeNewRunAddress } from "@/components/shell/new-run-address";
import { Button, ButtonLink } from "@/components/ui/button";
import { DiscardDraft } from "@/components/ui/discard-draft";
import { readDraft, writeDraft } from "@/components/ui/drafts";
import { EmptyState } from "@/components/ui/empty-state";
import { isSame } from "@/components/ui/is-same";
import { Link } from "@/components/ui/link";
import { QueryState, together } from "@/components/ui/query-state";
import { Select } from "@/components/ui/select";
import { Skeleton } from "@/components/ui/skeleton";
import { TextField } from "@/components/ui/text-field";
import { dataSetsQuery } from "@/lib/client/data";
import { modelsQuery } from "@/lib/client/models";
import { runRecordQuery, runsQuery } from "@/lib/client/runs";
import type { DataSetSummary } from "@/lib/contract/data-set";
import { type ModelSummary, readsImages } from "@/lib/contract/model";
import type { JobSummary } from "@/lib/contract/run";
import { beginningForm } from "./beginning-form";
import { ContextWarning } from "./context-warning";
import { DataSection } from "./data-section";
import { guessMapping, rowUseFor, unread } from "./guess-mapping";
import { undecidedRoles } from "./mapping-roles";
import { MethodSection } from "./method-section";
import { ModelSection } from "./model-section";
import styles from "./new-run.module.css";
import { PackingField } from "./packing-field";
import { PasteJson } from "./paste-json";
import { PresetSection } from "./preset-section";
import { PreviewPanel } from "./preview-panel";
import { type RunForm, runForm } from "./run-form";
import { ScheduleSection } from "./schedule-section";
import { Section } from "./section";
import { SizeSection } from "./size-section";
import { StartPanel } from "./start-panel";
import { useRunForm } from "./use-run-form";

/** Sets up a run. `?from=RUN` begins from the stored configuration of another, `?model=` and `?data=` from a choice; `?rank=`, `?k=`, `?numLatents=` and `?steps=` change sizes. */
export function NewRunPage() {
  const [begun] = useQueryStates(newRunParameters);
  const fromId = begun.from ?? "";
  const models = useQuery(modelsQuery());
  const dataSets = useQuery(dataSetsQuery());
  const from = useQuery({ ...runRecordQuery(fromId), enabled: fromId !== "" });
  return (
    <QueryState
      query={together({ models, dataSets, ...(fromId === "" ? {} : { from }) })}
      failure="Could not load the form"
      actions={<ButtonLink href="/runs/new">Start with an empty form</ButtonLink>}
      waiting={
        <Frame>
          <div className={`columns stacks-1080 ${styles["form"]}`} aria-busy="true">
            <Skeleton height={760} />
            <Skeleton height={520} />
          </div>
        </Frame>
      }
      frame={(content) => <Frame>{content}</Frame>}
    >
      {({ models, dataSets, from }) => {
        if (models.length === 0) return <NoModels />;
        const initial = beginningForm({ models, dataSets, from }, begun);
        const draftName = `run/1/${writeNewRunAddress(begun).slice(1)}`;
        return <FilledForm key={draftName} draftName={draftName} initial={initial} models={models} dataSets={dataSets} fromId={fromId} />;
      }}
    </QueryState>
  );
}

type FilledFormProps = { draftName: string; initial: RunForm; models: ModelSummary[]; dataSets: DataSetSummary[]; fromId: string };

function FilledForm({ draftName, initial, models, dataSets, fromId }: FilledFormProps) {
  const draft = useRunForm(draftName, initial);
  const { value: form, set: setForm } = draft;
  const [isPasting, setIsPasting] = useState(false);
  const change = (changes: Partial<RunForm>) => setForm((current) => ({ ...current, ...changes }));
  const model = models.find((one) => one.id === form.modelId);
  const dataSet = dataSets.find((one) => one.id === form.dataSetId);
  const isOfImages = readsImages(model);
  const chooseAdded = (job: JobSummary) => {
    // Written to the draft itself: if the page was left and opened again, this form is no longer the one on screen.
    const before = readDraft(draftName, runForm) ?? initial;
    writeDraft(draftName, { ...before, dataSetId: job.id, mapping: unread, domains: null });
  };
  const guess = dataSet !== undefined && isSame(form.mapping, unread) ? guessMapping(dataSet, rowUseFor(form.task, model)) : unread;
  useEffect(() => {
    if (!isSame(guess, unread)) setForm((current) => ({ ...current, mapping: guess }));
  });
  const isReady = dataSet !== undefined && undecidedRoles(form.mapping).length === 0;
  return (
    <FormFields form={draft}>
      <Frame
        actions={
          <>
            <DiscardDraft draft={draft} />
            <StartFrom fromId={fromId} />
            <Button look="quiet" aria-expanded={isPasting} onClick={() => setIsPasting(!isPasting)}>
              Paste JSON
            </Button>
          </>
        }
      >
        <Fragment key={draft.round}>
          {isPasting ? (
            <PasteJson
              form={form}
              onForm={(next) => {
                setForm(next);
                setIsPasting(false);
              }}
            />
          ) : null}
          <div className={`columns stacks-1080 ${styles["form"]}`}>
            <div className="panel">
              <Section title="Run">
                <TextField
                  label="Name"
                  field="name"
                  value={form.name}
                  maxLength={110}
                  placeholder="by method and size"
                  onValueChange={(name) => change({ name })}
                />
              </Section>
              <ModelSection form={form} change={change} models={models} dataSet={dataSet} />
              <DataSection form={form} change={change} dataSets={dataSets} model={model} onAdded={chooseAdded} />
              {model && !isOfImages ? <PresetSection form={form} change={change} model={model} /> : null}
              <MethodSection form={form} change={change} model={model} />
              <SizeSection form={form} change={change} />
              <ScheduleSection
                form={form}
                change={change}
                isOfImages={isOfImages}
                lengthNote={
                  <>
                    <ContextWarning modelId={model?.id} tokens={form.training.maxTokens} />
                    <PackingField form={form} change={change} isReady={isReady} />
                  </>
                }
              />
            </div>
            <div className={`stack gap-16 ${styles["aside"]}`}>
              <PreviewPanel form={form} isReady={isReady} key={`${form.modelId} ${form.dataSetId}`} />
              <StartPanel form={form} model={model} dataSet={dataSet} draft={draft} change={change} />
            </div>
          </div>
        </Fragment>
      </Frame>
    </FormFields>
  );
}

function Frame({ actions, children }: { actions?: React.ReactNode; children: React.ReactNode }) {
  return (
    <main className="page">
      <div className="pagehead">
        <div>
          <div className="crumb small">
            <Link href="/">Runs</Link>
            <i>/</i>
          </div>
          <h1>New run</h1>
        </div>
        <span className="grow" />
        {actions}
      </div>
      {children}
    </main>
  );
}

function StartFrom({ fromId }: { fromId: string }) {
  const router = useRouter();
  const runs = useQuery(runsQuery()).data;
  // While runs are being read it keeps its place, so that the form below does not move.
  if (runs?.length === 0) return null;
  return (
    <Select
      label="Start from a run"
      isDisabled={runs === undefined}
      value={fromId}
      options={[{ value: "", label: "Start from a run…" }, ...(runs ?? []).map((run) => ({ value: run.id, label: `From ${run.name}` }))]}
      onValueChange={(id) => router.push(newRunHref({ from: id === "" ? null : id }))}
    />
  );
}

function NoModels() {
  return (
    <Frame>
      <div className="panel">
        <EmptyState
          title="No models yet"
          action={
            <ButtonLink look="primary" href="/models">
              Add a model
            </ButtonLink>
          }
        >
          A run adapts a base model: a Hugging Face folder or a GGUF file. The demonstration on the Runs page includes one.
        </EmptyState>
      </div>
    </Frame>
  );
}
