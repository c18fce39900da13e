import { z } from "zod";
import type { DataSetSummary } from "@/lib/contract/data-set";
import { mostConcepts, type StartDetectionInput } from "@/lib/contract/detection";

/** What the form holds; `by` is empty where the dataset names concepts itself. */
export const detectionForm = z.object({ dataSetId: z.string(), by: z.string(), probe: z.boolean() });
export type DetectionForm = Readonly<z.infer<typeof detectionForm>>;

type Columns = Pick<DataSetSummary, "columns">;

/** Whether rows name their concepts, in AxBench's layout or with the columns `concept` and `category`. */
export function namesConcepts({ columns }: Columns): boolean {
  const names = new Set(columns.map(({ name }) => name));
  return names.has("category") && (names.has("concept") || (names.has("concept_id") && names.has("output_concept")));
}

/** Columns whose values can be concepts: two or more of them, and not too many. */
export function conceptColumns({ columns }: Columns): string[] {
  return columns.flatMap(({ name, distinct }) => (distinct != null && distinct >= 2 && distinct <= mostConcepts ? [name] : []));
}

/** Datasets whose concepts can be detected: those of texts. */
export function textDataSets(dataSets: readonly DataSetSummary[]): DataSetSummary[] {
  return dataSets.filter(({ mapping }) => mapping?.kind !== "labelledImage");
}

/** The form for a dataset: its own concepts first, then its domains, then its first column with few values. */
export function formFor(dataSet: DataSetSummary | undefined): DetectionForm {
  if (dataSet === undefined) return { dataSetId: "", by: "", probe: true };
  const columns = conceptColumns(dataSet);
  const domain = dataSet.mapping?.domain;
  const by = domain !== undefined && columns.includes(domain) ? domain : columns[0];
  return { dataSetId: dataSet.id, by: namesConcepts(dataSet) ? "" : (by ?? ""), probe: true };
}

/** What would be sent; a string says what is missing. */
export function requestOf({ dataSetId, by, probe }: DetectionForm, dataSet: DataSetSummary | undefined): StartDetectionInput | string {
  if (dataSet === undefined) return "Choose a dataset";
  if (by === "" && !namesConcepts(dataSet)) {
    return "This dataset names no concepts: it needs the columns concept and category, or a column with few values";
  }
  return { dataSetId, by: by === "" ? null : by, probe };
}
