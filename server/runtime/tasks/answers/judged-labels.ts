import { labelColumnOf, type Preview } from "@/lib/contract/data-set";
import { isAnswerKind } from "@/lib/contract/tasks/tasks";
import type { WorkerPreviewRequest } from "@/lib/contract/worker";
import { type ClassPlan, type PlannedLabels, readLabels } from "@/server/files/data/label-plan";
import { planRows } from "@/server/files/data/row-plan";
import { labelsOfTask } from "@/server/files/data/tasks/labels-of-tasks";
import { FileError } from "@/server/files/file-error";
import { openData } from "@/server/runtime/rows/row-source";

/** What labels are there, and what is wrong with them. */
export type JudgedLabels = Required<Pick<Preview, "classes" | "labelProblem">> &
  Pick<Preview, "totalRows" | "trainRows" | "validationRows">;

/** For a head that answers, as `judgeLabelsBy`. */
export function judgeLabels(asked: WorkerPreviewRequest): Promise<JudgedLabels> {
  const { task = "classification", labels = null } = asked.request;
  if (!isAnswerKind(task)) throw new RangeError(`task ${task} has no head`);
  return judgeLabelsBy(asked, (found) => labelsOfTask({ kind: task }).check(asked.dataPath, found, { kind: task, labels }));
}

/**
 * Reads the labels of all rows, no text or image: what is wrong with them is said, not thrown.
 *
 * @param check their classes, null where they have none. @throws FileError where they cannot be learned
 * @throws FileError when the data cannot be read
 */
export async function judgeLabelsBy(
  { request: { mapping }, dataPath, domains, validationRows }: WorkerPreviewRequest,
  check: (labels: PlannedLabels) => ClassPlan | null,
): Promise<JudgedLabels> {
  const dataSet = await openData({ path: dataPath, mapping });
  const { total, train, validation } = await planRows(dataSet, mapping, { domains, validationRows });
  const judged = {
    totalRows: total,
    trainRows: train.length,
    validationRows: validation.length,
    classes: null,
    labelProblem: null,
  };
  const column = labelColumnOf(mapping);
  if (column === undefined) return { ...judged, labelProblem: "The model is trained on labels: map a label column." };
  try {
    const plan = check(await readLabels(dataSet, column, { train, validation }));
    return { ...judged, classes: plan && classesOf(plan) };
  } catch (error) {
    if (error instanceof FileError) return { ...judged, labelProblem: sentenceOf(error) };
    throw error;
  }
}

/** What is wrong with a file, without its path. */
function sentenceOf({ problem }: FileError): string {
  return problem.startsWith("has ") ? `The data ${problem}.` : `${problem.slice(0, 1).toUpperCase()}${problem.slice(1)}.`;
}

function classesOf({ labels, trainRows, validationRows }: ClassPlan): NonNullable<Preview["classes"]> {
  return labels.map((label, at) => ({ label, trainRows: trainRows[at] ?? 0, validationRows: validationRows[at] ?? 0 }));
}
