"use client";
import { Select } from "@/components/ui/select";
import type { ColumnMapping, DataSetSummary } from "@/lib/contract/data-set";
import { type MappingKind, mappingOfKind } from "./guess-mapping";
import { type MappingRole, mappingRoles, withColumn } from "./mapping-roles";
import styles from "./new-run.module.css";

const kinds: { value: MappingKind; label: string }[] = [
  { value: "text", label: "plain text" },
  { value: "promptCompletion", label: "prompt and completion" },
  { value: "instruction", label: "instruction, input, output" },
  { value: "messages", label: "chat messages" },
];

type MappingFieldsProps = { dataSet: DataSetSummary; mapping: ColumnMapping; onMapping: (mapping: ColumnMapping) => void };

/** What the rows are, and for each role the column that plays it. */
export function MappingFields({ dataSet, mapping, onMapping }: MappingFieldsProps) {
  return (
    <table className={styles["mapping"]}>
      <tbody>
        <tr>
          <th scope="row">Rows are</th>
          <td />
          <td>
            <Select
              label="Rows are"
              isDense
              value={mapping.kind}
              options={kinds}
              onValueChange={(kind) => onMapping(mappingOfKind(kind, dataSet))}
            />
          </td>
        </tr>
        {mappingRoles[mapping.kind].map((role) => (
          <RoleRow key={role.name} role={role} dataSet={dataSet} mapping={mapping} onMapping={onMapping} />
        ))}
      </tbody>
    </table>
  );
}

function RoleRow({ role, dataSet, mapping, onMapping }: MappingFieldsProps & { role: MappingRole }) {
  const value = Object.entries(mapping).find(([name]) => name === role.name)?.[1] ?? "";
  const columns = dataSet.columns.map((column) => ({ value: column.name, label: column.name }));
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
          isDense
          value={value}
          options={[
            ...(role.isOptional ? [{ value: "", label: "none" }] : []),
            ...(isMissing ? [{ value, label: `${value}, which is not there`, isDisabled: true }] : []),
            ...columns,
          ]}
          error={isMissing}
          onValueChange={(column) => onMapping(withColumn(mapping, role.name, column))}
        />
      </td>
    </tr>
  );
}
