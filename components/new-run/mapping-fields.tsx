"use client";
import { Select } from "@/components/ui/select";
import { type ColumnMapping, columnMapping, type DataSetSummary, rowFormatNames } from "@/lib/contract/data-set";
import { isForUse, mappingOfKind, type RowUse, undecided, unusedColumns } from "./guess-mapping";
import { type MappingRole, rolesOf, withColumn } from "./mapping-roles";
import styles from "./new-run.module.css";
import { SeparatorField } from "./separator-field";

const kinds = columnMapping.options.map(({ shape }) => {
  const { value } = shape.kind;
  return { value, label: rowFormatNames[value] };
});

type MappingFieldsProps = {
  dataSet: DataSetSummary;
  mapping: ColumnMapping;
  /** What the model takes them for. */
  use: RowUse;
  onMapping: (mapping: ColumnMapping) => void;
};

/** What the rows are, and for each role the column that plays it. */
export function MappingFields({ dataSet, mapping, use, onMapping }: MappingFieldsProps) {
  const offered = kinds.filter(({ value }) => isForUse(value, use));
  const options = isForUse(mapping.kind, use)
    ? offered
    : [{ value: mapping.kind, label: "not for this model", isDisabled: true }, ...offered];
  return (
    <table className={styles["mapping"]}>
      <tbody>
        <tr>
          <th scope="row">Rows are</th>
          <td />
          <td>
            <Select
              label="Rows are"
              field="mapping"
              isDense
              value={mapping.kind}
              options={options}
              onValueChange={(kind) => onMapping(mappingOfKind(kind, dataSet))}
            />
          </td>
        </tr>
        {rolesOf(mapping, use).map((role) => (
          <RoleRow key={role.name} role={role} dataSet={dataSet} mapping={mapping} onMapping={onMapping} />
        ))}
        {mapping.kind === "promptCompletion" ? (
          <tr>
            <th scope="row">
              Separator <span className="dim">no loss</span>
            </th>
            <td />
            <td>
              <SeparatorField
                separator={mapping.separator ?? ""}
                onSeparator={(text) => onMapping(withColumn(mapping, "separator", text))}
              />
            </td>
          </tr>
        ) : null}
        <UnusedRow dataSet={dataSet} mapping={mapping} />
      </tbody>
    </table>
  );
}

/** The columns that are not read, so that none is left out unnoticed. */
function UnusedRow({ dataSet, mapping }: Pick<MappingFieldsProps, "dataSet" | "mapping">) {
  const unused = unusedColumns(mapping, dataSet);
  if (unused.length === 0) return null;
  const samples = new Map(dataSet.columns.map((column) => [column.name, column.samples[0] ?? ""]));
  return (
    <tr>
      <th scope="row">Not used</th>
      <td />
      <td className={styles["unused"]}>
        {unused.map((name) => (
          <span key={name} className="mono" title={`First value: ${samples.get(name)}`}>
            {name}
          </span>
        ))}
      </td>
    </tr>
  );
}

function RoleRow({ role, dataSet, mapping, onMapping }: Omit<MappingFieldsProps, "use"> & { role: MappingRole }) {
  const value = Object.entries(mapping).find(([name]) => name === role.name)?.[1] ?? "";
  const columns = dataSet.columns.map((column) => ({ value: column.name, label: column.name }));
  const isUndecided = value === undecided && !role.isOptional;
  const isMissing = value !== "" && !dataSet.columns.some((column) => column.name === value);
  return (
    <tr>
      <th scope="row">
        {role.label} <span className="dim">{role.means}</span>
      </th>
      <td aria-hidden="true">←</td>
      <td>
        <Select
          label={role.label}
          field={`mapping.${role.name}`}
          isDense
          value={value}
          options={[
            ...(role.isOptional ? [{ value: "", label: "none" }] : []),
            ...(isUndecided ? [{ value: undecided, label: "Choose a column", isDisabled: true }] : []),
            ...(isMissing ? [{ value, label: `${value} (missing)`, isDisabled: true }] : []),
            ...columns,
          ]}
          error={isMissing || isUndecided}
          onValueChange={(column) => onMapping(withColumn(mapping, role.name, column))}
        />
      </td>
    </tr>
  );
}
