"use client";
import { Plus } from "lucide-react";
import { useState } from "react";
import { useHasPastedRows } from "@/components/shell/add-rows";
import { Button } from "@/components/ui/button";
import { ChoiceChip } from "@/components/ui/chip";
import { Disclosure } from "@/components/ui/disclosure";
import { NumberField } from "@/components/ui/number-field";
import { Select } from "@/components/ui/select";
import { Switch } from "@/components/ui/switch";
import { type DataSetSummary, rowFormatNames } from "@/lib/contract/data-set";
import type { ModelSummary } from "@/lib/contract/model";
import type { JobSummary } from "@/lib/contract/run";
import { isAnswerTask, isLabelledTask } from "@/lib/contract/tasks/tasks";
import { formatInteger, formatPlural } from "@/lib/numbers/format";
import { AddData, ReadingData } from "./add-data";
import { AnswerField } from "./answer-field";
import { DenoisingFields } from "./denoising-fields";
import { guessMapping, rowUseFor } from "./guess-mapping";
import { MappingFields } from "./mapping-fields";
import { undecidedRoles } from "./mapping-roles";
import styles from "./new-run.module.css";
import type { RunForm } from "./run-form";
import { Section, type SectionProps } from "./section";

type DataSectionProps = SectionProps & {
  dataSets: readonly DataSetSummary[];
  model: ModelSummary | undefined;
  /** Takes the dataset that a job is reading; absent in forms where none is added. */
  onAdded?: (job: JobSummary) => void;
};

/** Which rows, and which of their columns mean what. */
export function DataSection({ form, change, dataSets, model, onAdded }: DataSectionProps) {
  const [isOpened, setIsOpened] = useState<boolean | null>(null);
  const hasPastedRows = useHasPastedRows();
  const isAdding = isOpened ?? (dataSets.length === 0 || hasPastedRows);
  const dataSet = dataSets.find((one) => one.id === form.dataSetId);
  const use = rowUseFor(form.task, model);
  const choose = (dataSetId: string) => {
    const next = dataSets.find((one) => one.id === dataSetId);
    if (next) change({ dataSetId, mapping: guessMapping(next, use), domains: null });
  };
  const isAnswered = isAnswerTask(form.task);
  const heldOut = form.mapping.split === undefined ? undefined : dataSet?.splits.find((split) => /^(val|test|dev|eval)/i.test(split.name));
  return (
    <Section title="Data">
      <div className={`columns ${styles["wideNarrow"]}`}>
        <Select
          label="Rows"
          field="data"
          hasLabel
          value={form.dataSetId}
          options={[
            ...(dataSet ? [] : [{ value: form.dataSetId, label: "Choose a dataset" }]),
            ...dataSets.map((one) => ({ value: one.id, label: `${one.name} (${formatInteger(one.rows)} rows)` })),
          ]}
          onValueChange={choose}
        />
        {heldOut ? (
          <div className="field">
            <span className="lab">Held out</span>
            <span className={styles["told"]}>
              {formatInteger(heldOut.rows)} rows: {heldOut.name}
            </span>
          </div>
        ) : (
          <NumberField
            label="Held-out rows"
            field="data.validationRows"
            value={form.validationRows}
            min={0}
            max={Math.max(0, (dataSet?.rows ?? 1) - 1)}
            onValueChange={(validationRows) => change({ validationRows })}
          />
        )}
      </div>
      {onAdded ? (
        <>
          <div className="row">
            <Button look="quiet" size="dense" aria-expanded={isAdding} onClick={() => setIsOpened(!isAdding)}>
              <Plus size={13} aria-hidden="true" />
              Add data here
            </Button>
          </div>
          {isAdding ? (
            <AddData
              onAdded={(job) => {
                onAdded(job);
                setIsOpened(false);
              }}
            />
          ) : null}
        </>
      ) : null}
      {dataSet ? (
        <Disclosure
          key={form.dataSetId}
          isForNarrow
          isOpenAtFirst={undecidedRoles(form.mapping).length > 0}
          summary={columnWords(form, dataSet)}
        >
          <div className="stack fit gap-12">
            <MappingFields
              dataSet={dataSet}
              mapping={form.mapping}
              use={use}
              onMapping={(mapping) => change({ mapping, ...(mapping.domain === undefined ? { domains: null } : {}) })}
            />
            {form.mapping.domain !== undefined && dataSet.domains.length > 1 ? (
              <DomainChoice
                names={dataSet.domains.map((domain) => domain.name)}
                chosen={form.domains}
                onChosen={(domains) => change({ domains })}
              />
            ) : null}
          </div>
        </Disclosure>
      ) : (
        <ReadingData dataSetId={form.dataSetId} />
      )}
      {isAnswered ? <AnswerField task={form.task} onTask={(task) => change({ task })} /> : null}
      {form.task.kind === "denoising" ? <DenoisingFields task={form.task} onTask={(task) => change({ task })} /> : null}
      {!isLabelledTask(form.task) && (model?.hasChatTemplate || form.useChatTemplate) ? (
        <Switch
          label="Wrap rows in the model's chat template"
          isOn={form.useChatTemplate}
          onIsOnChange={(useChatTemplate) => change({ useChatTemplate })}
        />
      ) : null}
    </Section>
  );
}

/** `Rows are plain text, of all 9 domains`. */
function columnWords({ mapping, domains }: RunForm, dataSet: DataSetSummary): string {
  const count = dataSet.domains.length;
  const ofDomains = domains === null ? `all ${formatPlural(count, "domain")}` : `${domains.length} of ${formatPlural(count, "domain")}`;
  const words = `Rows are ${rowFormatNames[mapping.kind]}`;
  return mapping.domain === undefined || count < 2 ? words : `${words}, of ${ofDomains}`;
}

/** Null stands for all domains; at least one stays chosen. */
export function DomainChoice({
  names,
  chosen,
  onChosen,
}: {
  names: string[];
  chosen: string[] | null;
  onChosen: (domains: string[] | null) => void;
}) {
  const isOn = (name: string) => chosen === null || chosen.includes(name);
  const toggle = (name: string, on: boolean) => {
    const next = names.filter((one) => (one === name ? on : isOn(one)));
    if (next.length > 0) onChosen(next.length === names.length ? null : next);
  };
  return (
    <fieldset className="plain stack">
      <legend className="lab">Domains, {chosen === null ? "all" : `${chosen.length} of ${names.length}`}</legend>
      <span className="row wrap">
        {names.map((name) => (
          <ChoiceChip key={name} isOn={isOn(name)} onIsOnChange={(on) => toggle(name, on)}>
            {name}
          </ChoiceChip>
        ))}
      </span>
    </fieldset>
  );
}
