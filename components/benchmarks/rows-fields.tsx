"use client";
import { DomainChoice } from "@/components/new-run/data-section";
import { rowUseOf } from "@/components/new-run/guess-mapping";
import { MappingFields } from "@/components/new-run/mapping-fields";
import { NumberField } from "@/components/ui/number-field";
import { Select } from "@/components/ui/select";
import { Switch } from "@/components/ui/switch";
import type { BenchmarkPart } from "@/lib/contract/benchmark";
import type { DataSetSummary } from "@/lib/contract/data-set";
import { tasks } from "@/lib/contract/tasks/tasks";
import { formatInteger, formatPlural } from "@/lib/numbers/format";
import { type BenchmarkForm, changesFor, type FormRun, heldOutBy } from "./benchmark-form";

type RowsFieldsProps = {
  readonly form: BenchmarkForm;
  readonly change: (changes: Partial<BenchmarkForm>) => void;
  readonly formRun: FormRun;
  readonly dataSets: readonly DataSetSummary[];
  readonly dataSet: DataSetSummary | undefined;
  readonly hasChatTemplate: boolean;
};

/** Which rows a benchmark reads. */
export function RowsFields({ form, change, formRun, dataSets, dataSet, hasChatTemplate }: RowsFieldsProps) {
  const choose = (dataSetId: string) => {
    const next = dataSets.find(({ id }) => id === dataSetId);
    if (next) change(changesFor(next, formRun));
  };
  const parts = partsOf(form, formRun, dataSet);
  return (
    <>
      <Select
        label="Dataset"
        field="rows"
        hasLabel
        value={form.dataSetId}
        options={[
          ...(dataSet ? [] : [{ value: form.dataSetId, label: dataSets.length === 0 ? "No datasets yet" : "Choose a dataset" }]),
          ...dataSets.map((one) => ({ value: one.id, label: `${one.name} (${formatPlural(one.rows, "row")})` })),
        ]}
        onValueChange={choose}
      />
      {dataSet && (
        <MappingFields
          dataSet={dataSet}
          mapping={form.mapping}
          use={rowUseOf(tasks[formRun.task].initial, formRun.mapping?.kind === "labelledImage")}
          onMapping={(mapping) =>
            change({
              mapping,
              ...(mapping.domain === undefined ? { domains: null } : {}),
              ...(mapping.split === undefined && form.part.kind === "split" ? { part: heldOutBy(formRun) } : {}),
            })
          }
        />
      )}
      {dataSet && form.mapping.domain !== undefined && dataSet.domains.length > 1 && (
        <DomainChoice names={dataSet.domains.map(({ name }) => name)} chosen={form.domains} onChosen={(domains) => change({ domains })} />
      )}
      <div className="fields">
        <Select
          label="Rows"
          field="rows.part"
          hasLabel
          value={keyOf(form.part)}
          options={parts.map(({ part, label }) => ({ value: keyOf(part), label }))}
          onValueChange={(key) => {
            const found = parts.find(({ part }) => keyOf(part) === key);
            if (found) change({ part: found.part });
          }}
        />
        {form.part.kind === "heldOut" && form.mapping.split === undefined && (
          <NumberField
            label="Held-out rows"
            field="part.validationRows"
            hint="As many rows as the runs hold out"
            value={form.part.validationRows}
            min={1}
            onValueChange={(validationRows) => change({ part: { kind: "heldOut", validationRows } })}
          />
        )}
        <NumberField
          label="Max rows"
          field="rows.count"
          value={form.count}
          min={2}
          max={20_000}
          onValueChange={(count) => change({ count })}
        />
        {form.mapping.kind !== "labelledImage" && (
          <NumberField
            label="Max tokens per row"
            field="rows.maxTokens"
            value={form.maxTokens}
            min={2}
            max={131_072}
            onValueChange={(maxTokens) => change({ maxTokens })}
          />
        )}
      </div>
      {(hasChatTemplate || form.useChatTemplate) && (
        <Switch
          label="Wrap rows in the model's chat template"
          isOn={form.useChatTemplate}
          onIsOnChange={(useChatTemplate) => change({ useChatTemplate })}
        />
      )}
    </>
  );
}

function partsOf(
  { mapping, part }: BenchmarkForm,
  formRun: FormRun,
  dataSet: DataSetSummary | undefined,
): { part: BenchmarkPart; label: string }[] {
  const heldOut = part.kind === "heldOut" ? part : heldOutBy(formRun);
  const splits = mapping.split === undefined ? [] : (dataSet?.splits ?? []);
  return [
    { part: heldOut, label: "held-out rows" },
    ...splits.map(({ name, rows }) => ({ part: { kind: "split" as const, name }, label: `split ${name} (${formatInteger(rows)})` })),
    { part: { kind: "all" }, label: "all" },
  ];
}

function keyOf(part: BenchmarkPart): string {
  return part.kind === "split" ? `split ${part.name}` : part.kind;
}
