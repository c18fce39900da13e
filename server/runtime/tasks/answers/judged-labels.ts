import { labelColumnOf, type Preview } from "@/lib/contract/data-set";
import type { WorkerPreviewRequest } from "@/lib/contract/worker";
import { type ClassPlan, readLabels } from "@/server/files/data/label-plan";
import { planRows } from "@/server/files/data/row-plan";
import { labelsOfTask } from "@/server/files/data/tasks/labels-of-tasks";
import { FileError } from "@/server/files/file-error";
import { openData } from "@/server/runtime/rows/row-source";

/** What labels are there, and what is wrong with them. */
type JudgedLabels = Required<Pick<Preview, "classes" | "labelProblem">> & Pick<Preview, "totalRows" | "trainRows" | "validationRows">;

/** Reads the labels of all rows, no text or image: what is wrong with them is said, not thrown. @throws FileError when the data cannot be read */
export async function judgeLabels({ request, dataPath, domains, validationRows }: WorkerPreviewRequest): Promise<JudgedLabels> {
  const { mapping, task: kind = "classification", labels: given = null } = request;
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
  if (column === undefined) return { ...judged, labelProblem: "Encoders are trained on labels: map a label column." };
  try {
    const labels = await readLabels(dataSet, column, { train, validation });
    const plan = labelsOfTask({ kind }).check(dataPath, labels, { kind, labels: given });
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
