import type { DataSetSummary } from "@/lib/contract/data-set";
import type { ImportRunInput } from "@/lib/contract/import-run";

/** What a person has filled in; empty strings are what was left alone. */
export type ImportForm = { readonly name: string; readonly modelId: string; readonly dataSetId: string };

export const emptyImport: ImportForm = { name: "", modelId: "", dataSetId: "" };

/** The request without the folder; what was left alone is left out. */
export function importSettings(
  { name, modelId, dataSetId }: ImportForm,
  dataSets: readonly DataSetSummary[],
): Omit<ImportRunInput, "path"> {
  const mapping = dataSets.find(({ id }) => id === dataSetId)?.mapping ?? null;
  return {
    ...(name.trim() === "" ? {} : { name: name.trim() }),
    ...(modelId === "" ? {} : { modelId }),
    ...(mapping === null ? {} : { data: { kind: "dataSet", dataSetId, mapping } }),
  };
}
