"use client";
import { Segmented } from "@/components/ui/segmented";
import { Select } from "@/components/ui/select";
import { TextField } from "@/components/ui/text-field";
import type { DataSetSummary } from "@/lib/contract/data-set";
import { isEncoder, type ModelSummary } from "@/lib/contract/model";
import { type ImportForm, labelledColumns } from "./import-form";
import styles from "./import-run.module.css";

type ImportDataProps = {
  form: ImportForm;
  model: ModelSummary | undefined;
  dataSets: readonly DataSetSummary[];
  onForm: (changes: Partial<ImportForm>) => void;
};

/** Rows to read the run on, and which of their columns mean what: an encoder is measured by labels. */
export function ImportData({ form, model, dataSets, onForm }: ImportDataProps) {
  const chosen = dataSets.find(({ id }) => id === form.dataSetId);
  const choose = (dataSetId: string) => {
    const next = dataSets.find(({ id }) => id === dataSetId);
    const isLabelled = next !== undefined && (next.mapping === null || next.mapping.kind === "labelled" || (model && isEncoder(model)));
    onForm({ dataSetId, labelled: isLabelled ? labelledColumns(next) : null });
  };
  return (
    <>
      <Select
        label="Dataset"
        field="data"
        hasLabel
        value={form.dataSetId}
        options={[
          { value: "", label: "none" },
          ...dataSets.map(({ id, name, mapping }) => ({ value: id, label: mapping === null ? `${name}: columns not recognised` : name })),
        ]}
        hint="Used for statistics and measurements; collections can use another dataset"
        onValueChange={choose}
      />
      {chosen && <Columns form={form} dataSet={chosen} onForm={onForm} />}
      <TextField
        label="Classes"
        field="labels"
        value={form.labels}
        placeholder="as in the files"
        hint="For a classifier: comma-separated, in the order of its head’s outputs, such as negative, positive"
        onValueChange={(labels) => onForm({ labels })}
      />
    </>
  );
}

function Columns({ form, dataSet, onForm }: Pick<ImportDataProps, "form" | "onForm"> & { dataSet: DataSetSummary }) {
  const { labelled } = form;
  const names = dataSet.columns.map(({ name }) => ({ value: name, label: name }));
  return (
    <>
      {dataSet.mapping !== null && dataSet.mapping.kind !== "labelled" && (
        <Segmented
          label="Rows are"
          value={labelled === null ? "texts" : "labelled"}
          options={[
            { value: "texts", label: "Texts to continue" },
            { value: "labelled", label: "Texts with labels" },
          ]}
          onValueChange={(kind) => onForm({ labelled: kind === "texts" ? null : labelledColumns(dataSet) })}
        />
      )}
      {labelled && (
        <div className={`columns even ${styles["columns"]}`}>
          <Select
            label="Text"
            field="mapping.text"
            hasLabel
            value={labelled.text}
            options={names}
            onValueChange={(text) => onForm({ labelled: { ...labelled, text } })}
          />
          <Select
            label="Second text"
            field="mapping.second"
            hasLabel
            value={labelled.second ?? ""}
            options={[{ value: "", label: "none" }, ...names]}
            onValueChange={(second) => {
              const { second: _, ...rest } = labelled;
              onForm({ labelled: second === "" ? rest : { ...rest, second } });
            }}
          />
          <Select
            label="Label"
            field="mapping.label"
            hasLabel
            value={labelled.label}
            options={names}
            onValueChange={(label) => onForm({ labelled: { ...labelled, label } })}
          />
        </div>
      )}
    </>
  );
}
