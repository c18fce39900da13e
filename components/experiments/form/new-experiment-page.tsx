"use client";
import { useQuery } from "@tanstack/react-query";
import { Plus } from "lucide-react";
import styles from "@/components/experiments/experiments.module.css";
import { FormFields } from "@/components/forms/form";
import { DataSection } from "@/components/new-run/data-section";
import { ModelSection } from "@/components/new-run/model-section";
import { Section } from "@/components/new-run/section";
import { matchesTarget, targetName } from "@/components/new-run/target-names";
import { Button, ButtonLink } from "@/components/ui/button";
import { ChoiceChip } from "@/components/ui/chip";
import { DiscardDraft } from "@/components/ui/discard-draft";
import { EmptyState } from "@/components/ui/empty-state";
import { Link } from "@/components/ui/link";
import { QueryState, together } from "@/components/ui/query-state";
import { Skeleton } from "@/components/ui/skeleton";
import { TextField } from "@/components/ui/text-field";
import { dataSetsQuery } from "@/lib/client/data";
import { benchmarkChoicesQuery } from "@/lib/client/experiments";
import { modelsQuery } from "@/lib/client/models";
import type { DataSetSummary } from "@/lib/contract/data-set";
import type { ModelSummary } from "@/lib/contract/model";
import { ArmFields } from "./arm-fields";
import type { ArmForm } from "./arm-form";
import { beginningExperiment, comparedModels, domainsOf } from "./beginning-experiment";
import { FinalSection, SearchSection, TrainingSection } from "./comparison-fields";
import { DomainSection } from "./domain-fields";
import type { ExperimentForm } from "./experiment-form";
import { StartAside } from "./start-aside";
import { useExperimentForm } from "./use-experiment-form";

/** Sets up an experiment; the initial values compare STAN and LoRA. */
export function NewExperimentPage() {
  const models = useQuery(modelsQuery());
  const dataSets = useQuery(dataSetsQuery());
  return (
    <QueryState
      query={together({ models, dataSets })}
      failure="Could not load the form"
      waiting={
        <Frame>
          <Skeleton height={760} />
        </Frame>
      }
      frame={(content) => <Frame>{content}</Frame>}
    >
      {({ models: all, dataSets }) => {
        const models = comparedModels(all);
        const [model] = models;
        const [dataSet] = dataSets;
        if (model === undefined || dataSet === undefined) return <Missing what={model === undefined ? "model" : "data"} />;
        return <FilledForm initial={beginningExperiment(model, dataSet)} models={models} dataSets={dataSets} />;
      }}
    </QueryState>
  );
}

type FilledFormProps = { initial: ExperimentForm; models: ModelSummary[]; dataSets: DataSetSummary[] };

const mostArms = 6;

function FilledForm({ initial, models, dataSets }: FilledFormProps) {
  const draft = useExperimentForm(initial, (form) => domainsOf(form, dataSets));
  const { value: form, set: setForm } = draft;
  const change = (changes: Partial<ExperimentForm>) => setForm((current) => ({ ...current, ...changes }));
  const changeRun = (changes: Partial<ExperimentForm["run"]>) =>
    setForm((current) => ({ ...current, run: { ...current.run, ...changes } }));
  const dataSet = dataSets.find(({ id }) => id === form.run.dataSetId);
  const domains = domainsOf(form, dataSets);
  const benchmarks = useQuery(benchmarkChoicesQuery()).data ?? [];
  const model = models.find(({ id }) => id === form.run.modelId);
  const changeArm = (key: string, changes: Partial<ArmForm>) =>
    change({ arms: form.arms.map((arm) => (arm.key === key ? { ...arm, ...changes } : arm)) });
  const addArm = () => {
    const last = form.arms.at(-1);
    if (last) change({ arms: [...form.arms, { ...last, key: `arm ${Date.now()}`, name: `${last.name} ${form.arms.length + 1}` }] });
  };
  return (
    <FormFields form={draft}>
      <Frame actions={<DiscardDraft draft={draft} />}>
        <div key={draft.round} className={`columns stacks-1000 ${styles["form"]}`}>
          <div className="panel">
            <Section title="Experiment">
              <TextField label="Name" field="name" value={form.name} maxLength={80} onValueChange={(name) => change({ name })} />
            </Section>
            <ModelSection form={form.run} change={changeRun} models={models} dataSet={dataSet} />
            <DataSection form={form.run} change={changeRun} dataSets={dataSets} model={model} />
            <DomainSection form={form} change={change} domains={form.run.domains ?? domains} />
            <TrainingSection form={form} change={change} />
            <Section title="Arms">
              {model ? <TargetChips model={model} modules={form.run.modules} onModules={(modules) => changeRun({ modules })} /> : null}
              <div className={styles["arms"]}>
                {form.arms.map((arm, at) => (
                  <ArmFields
                    key={arm.key}
                    arm={arm}
                    place={`arms.${at}`}
                    search={form.search}
                    task={form.run.task}
                    targets={form.run.modules}
                    onArm={(changes) => changeArm(arm.key, changes)}
                    onRemove={form.arms.length > 2 ? () => change({ arms: form.arms.filter(({ key }) => key !== arm.key) }) : null}
                  />
                ))}
              </div>
              {form.arms.length < mostArms ? (
                <div>
                  <Button look="quiet" onClick={addArm}>
                    <Plus size={13} aria-hidden="true" />
                    Add an arm
                  </Button>
                </div>
              ) : null}
            </Section>
            <SearchSection form={form} change={change} />
            <FinalSection form={form} change={change} benchmarks={benchmarks} />
          </div>
          <StartAside draft={draft} domains={domains} />
        </div>
      </Frame>
    </FormFields>
  );
}

/** Target modules for arms that set none. */
function TargetChips({ model, modules, onModules }: { model: ModelSummary; modules: string[]; onModules: (modules: string[]) => void }) {
  return (
    <fieldset className="plain stack">
      <legend className="lab">Default target modules</legend>
      <span className="row wrap">
        {model.projections.map((projection) => {
          const others = modules.filter((target) => !matchesTarget(projection.name, target));
          const name = targetName(projection, model.projections);
          return (
            <ChoiceChip
              key={projection.name}
              isOn={others.length < modules.length}
              onIsOnChange={(isOn) => onModules(isOn ? [...others, name] : others)}
            >
              {name}
            </ChoiceChip>
          );
        })}
      </span>
    </fieldset>
  );
}

function Frame({ actions, children }: { actions?: React.ReactNode; children: React.ReactNode }) {
  return (
    <main className="page">
      <div className="pagehead">
        <div>
          <div className="crumb small">
            <Link href="/experiments">Experiments</Link>
            <i>/</i>
          </div>
          <h1>New experiment</h1>
        </div>
        <span className="grow" />
        {actions}
      </div>
      {children}
    </main>
  );
}

function Missing({ what }: { what: "model" | "data" }) {
  return (
    <Frame>
      <div className="panel">
        <EmptyState
          title={what === "model" ? "No models yet" : "No datasets yet"}
          action={
            <ButtonLink look="primary" href={what === "model" ? "/models" : "/data"}>
              {what === "model" ? "Add a model" : "Add a dataset"}
            </ButtonLink>
          }
        >
          An experiment trains adapters for a base model on rows of text. The demonstration on the Runs page includes both.
        </EmptyState>
      </div>
    </Frame>
  );
}
