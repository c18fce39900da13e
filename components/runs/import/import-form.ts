import { z } from "zod";
import { type ColumnMapping, type DataSetSummary, labelledMapping } from "@/lib/contract/data-set";
import type { ImportRunInput } from "@/lib/contract/import-run";

type Labelled = Extract<ColumnMapping, { kind: "labelled" }>;

/** What a person has filled in; empty strings are what was left alone. */
export const importForm = z.object({
  /** Folder on the server. */
  path: z.string(),
  name: z.string(),
  modelId: z.string(),
  dataSetId: z.string(),
  /** Which columns are a text and its label; null reads the data as it was recognised. */
  labelled: labelledMapping.nullable(),
  /** Comma-separated class names. */
  labels: z.string(),
});
export type ImportForm = Readonly<z.infer<typeof importForm>>;

export const emptyImport: ImportForm = { path: "", name: "", modelId: "", dataSetId: "", labelled: null, labels: "" };

/** The request without the folder; what was left alone is left out. */
export function importSettings(
  { name, modelId, dataSetId, labelled, labels }: Omit<ImportForm, "path">,
  dataSets: readonly DataSetSummary[],
): Omit<ImportRunInput, "path"> {
  const dataSet = dataSets.find(({ id }) => id === dataSetId);
  const mapping = dataSet === undefined ? null : (labelled ?? dataSet.mapping);
  const named = labels
    .split(",")
    .map((label) => label.trim())
    .filter((label) => label !== "");
  return {
    ...(name.trim() === "" ? {} : { name: name.trim() }),
    ...(modelId === "" ? {} : { modelId }),
    ...(named.length === 0 ? {} : { labels: named }),
    ...(mapping === null ? {} : { data: { kind: "dataSet", dataSetId, mapping } }),
  };
}

const textNames = ["text", "sentence", "sentence1", "question1", "premise", "question", "review", "content"];
const secondNames = ["sentence2", "question2", "hypothesis"];
const labelNames = ["label", "labels", "class", "target", "score", "rating"];

/** The likeliest columns of a text, or two, and its label; of unknown names the first and the last. */
export function labelledColumns({ columns, mapping }: Pick<DataSetSummary, "columns" | "mapping">): Labelled {
  if (mapping?.kind === "labelled") return mapping;
  const all = columns.map((column) => column.name);
  const find = (names: readonly string[]) => names.flatMap((name) => all.filter((column) => column.toLowerCase() === name))[0];
  const second = find(secondNames);
  const { domain, split } = mapping ?? {};
  return {
    kind: "labelled",
    text: find(textNames) ?? all[0] ?? "",
    ...(second === undefined ? {} : { second }),
    label: find(labelNames) ?? all.at(-1) ?? "",
    ...(domain === undefined ? {} : { domain }),
    ...(split === undefined ? {} : { split }),
  };
}
