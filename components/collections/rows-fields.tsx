"use client";
import { useQuery } from "@tanstack/react-query";
import { MappingFields } from "@/components/new-run/mapping-fields";
import { ErrorNote } from "@/components/ui/error-note";
import { NumberField } from "@/components/ui/number-field";
import { Select } from "@/components/ui/select";
import { dataSetsQuery } from "@/lib/client/data";
import { runRecordQuery } from "@/lib/client/runs";
import type { RunSummary } from "@/lib/contract/run";
import { type CollectionSettings, isOfImages, rowTokens } from "@/lib/contract/run-config";
import { formatInteger, formatPlural } from "@/lib/numbers/format";
import { dataSetOf, defaultMapping, rowUse, withDataSet, withMapping } from "./collected-rows";
import styles from "./collections.module.css";

type Settings = Pick<CollectionSettings, "dataSetId" | "mapping" | "rowTokens">;
type RowsFieldsProps = {
  readonly runId: string;
  readonly run: RunSummary;
  readonly settings: Settings;
  readonly onChange: (change: Settings) => void;
};

/** The rows a collection reads; by default the run's own, with its columns and row length. */
export function RowsFields({ runId, run, settings, onChange }: RowsFieldsProps) {
  const detail = useQuery(runRecordQuery(runId));
  const listed = useQuery(dataSetsQuery());
  const error = detail.error ?? listed.error;
  if (error !== null) return <ErrorNote title="Could not load the run's dataset">{error.message}</ErrorNote>;
  if (detail.data === undefined || listed.data === undefined) return null;
  const { config } = detail.data;
  const dataSets = listed.data;
  const chosen = dataSetOf(config, settings);
  const dataSet = dataSets.find(({ id }) => id === chosen);
  const mapping = settings.mapping ?? (dataSet && defaultMapping(config, dataSet));
  return (
    <>
      <div className={`fields ${styles["fields"]}`}>
        <Select
          label="Dataset"
          field="dataSetId"
          hasLabel
          value={chosen ?? ""}
          options={[
            ...(dataSet ? [] : [{ value: chosen ?? "", label: config.data === null ? "Choose a dataset" : run.dataName }]),
            ...dataSets.map(({ id, name, rows }) => ({ value: id, label: `${name} (${formatPlural(rows, "row")})` })),
          ]}
          onValueChange={(id) => {
            const next = dataSets.find((one) => one.id === id);
            onChange(next === undefined ? { dataSetId: undefined, mapping: undefined } : withDataSet(config, next));
          }}
          hint={config.data === null ? "The run was imported without a dataset" : "Default: the run's"}
        />
        {isOfImages(config) ? null : (
          <NumberField
            label="Row length, tokens"
            field="rowTokens"
            value={settings.rowTokens ?? rowTokens(config)}
            onValueChange={(tokens) => onChange({ rowTokens: tokens === rowTokens(config) ? undefined : tokens })}
            min={2}
            max={131_072}
            hint={
              config.training === null
                ? `Our default: ${formatInteger(rowTokens(config))}`
                : `Default: the run's ${formatInteger(rowTokens(config))}`
            }
          />
        )}
      </div>
      {dataSet && mapping && (
        <MappingFields
          dataSet={dataSet}
          mapping={mapping}
          use={rowUse(config)}
          onMapping={(changed) => onChange(withMapping(config, dataSet, changed))}
        />
      )}
    </>
  );
}
