import { labelColumnOf } from "@/lib/contract/data-set";
import type { ImportRunSettings } from "@/lib/contract/import-run";
import type { ModelSummary } from "@/lib/contract/model";
import { modelTasksOf } from "@/lib/contract/tasks/model-tasks";
import { isAnswerTask, namedClasses, type RunTask } from "@/lib/contract/tasks/tasks";
import { readDataSet } from "@/server/db/library/data-sets";
import { openImageData } from "@/server/files/images/image-data";
import type { ServiceContext } from "@/server/services/context";
import { ServiceError, withFileErrors } from "@/server/services/errors";
import { checkDataSet } from "./check-config";

/** The rows that an imported run is read on, as its record has them. */
export type UsedData = {
  readonly data: ImportRunSettings["data"];
  readonly dataSetId: string | null;
  readonly dataName: string;
};

type Use = NonNullable<ImportRunSettings["data"]>;

/** Finds the data set and puts its path in. @throws ServiceError naming the field at fault */
export async function importedData(
  { store }: ServiceContext,
  data: ImportRunSettings["data"],
  model: ModelSummary,
  task: RunTask | undefined,
): Promise<UsedData> {
  if (data === null) return { data, dataSetId: null, dataName: "data not known" };
  const summary = data.dataSetId === undefined ? undefined : await readDataSet(store.db, data.dataSetId);
  if (summary === undefined) {
    refuse("dataSetId", `There is no dataset "${data.dataSetId ?? ""}". Add it on the Data page, choose another, or none (null).`);
  }
  checkDataSet(data, model, summary, "data");
  const problem = modelTasksOf(model).rowsProblem(model.name, data);
  if (problem !== null) refuse(problem.field, problem.message);
  const use = { ...data, path: summary.path };
  await checkAnswers(use, summary.path, task);
  return { data: use, dataSetId: summary.id, dataName: summary.name };
}

/** The column must hold the run's own classes, or numbers: a label that is neither would be passed over without a word. */
async function checkAnswers({ mapping }: Use, path: string, task: RunTask | undefined): Promise<void> {
  const column = labelColumnOf(mapping);
  if (column === undefined || task === undefined || !isAnswerTask(task)) return;
  const labels = namedClasses(task);
  const isAnswer = (label: string) => labels?.includes(label) ?? (label.trim() !== "" && Number.isFinite(Number(label)));
  const stranger = await withFileErrors(() => findLabel(path, column, (label) => !isAnswer(label)), "data");
  if (stranger === undefined) return;
  const what =
    labels === null
      ? "is not a number, but the adapter's head predicts one: choose data with a numeric label column"
      : `is not among the adapter's classes ${labels.join(", ")}: name the classes as the data writes them, in the order of the head's scores, or choose other data`;
  refuse("mapping.label", `The column "${column}" contains "${stranger}", which ${what}.`);
}

/** The first label that is looked for; undefined where there is none. Rows without a label are passed over. */
async function findLabel(path: string, column: string, isWanted: (label: string) => boolean): Promise<string | undefined> {
  const dataSet = await openImageData(path);
  for await (const columns of dataSet.rows({ columns: [column] })) {
    const value = Object.hasOwn(columns, column) ? columns[column] : null;
    if (value === null || value === undefined || value === "") continue;
    const label = typeof value === "object" ? JSON.stringify(value) : String(value);
    if (isWanted(label)) return label;
  }
  return undefined;
}

function refuse(field: string, message: string): never {
  throw new ServiceError("invalid", message, { field: `data.${field}` });
}
