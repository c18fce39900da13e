import { labelColumnOf } from "@/lib/contract/data-set";
import type { AnswerTaskOf, Labels } from "@/server/engine/tasks/answers/answer-task";
import { readLabels } from "@/server/files/data/label-plan";
import { FileError } from "@/server/files/file-error";
import type { AnswerBase } from "@/server/runtime/models/load-base-model";
import { type AnsweredDataRow, answeredRows, labelColumn } from "@/server/runtime/rows/answered-row";
import { type DataSetData, type HeldOutRequest, numbersOfAll, openData, readHeldOut, takeSpread } from "@/server/runtime/rows/row-source";

/** What a head answers, with the names of its classes. */
export type Answering = { readonly task: AnswerTaskOf; readonly labels: Labels };

/**
 * Labelled rows that an encoder's run did not train on, evenly spaced over them.
 *
 * @returns none where the data holds none out, or names no labels
 * @throws FileError when the data cannot be read
 */
export async function readHeldOutAnswers(
  request: HeldOutRequest,
  { task, labels }: Answering,
  base: AnswerBase,
): Promise<AnsweredDataRow[]> {
  const { data } = request;
  if (data.kind === "dataSet" && labelColumnOf(data.mapping) === undefined) return [];
  return takeSpread(labelled(await readHeldOut(answeredRows(base, task.reader(labels)), request), task), request.count);
}

/**
 * Rows of an input with their answers, evenly spaced over all; those without one are left out.
 *
 * @throws FileError naming a label that is none of the classes, or where no row has one
 */
export async function readLabelledRows(request: HeldOutRequest, { task, labels }: Answering, base: AnswerBase): Promise<AnsweredDataRow[]> {
  const { data } = request;
  const answerOf = task.reader(labels);
  const source = answeredRows(base, answerOf);
  const found = labelled(data.kind === "tokenRows" ? source.tokenised(data.path) : await allTexts(data), task);
  if (found.length === 0)
    throw new FileError("invalid", data.path ?? "", "has no labelled rows: add a label column, or labels or targets with the tokens");
  return takeSpread(found, request.count);

  async function allTexts(of: DataSetData): Promise<AnsweredDataRow[]> {
    const dataSet = await openData(of);
    const all = await numbersOfAll(dataSet, of.mapping);
    const written = await readLabels(dataSet, labelColumn(of), { train: all, validation: new Int32Array(0) });
    const stranger = labels === undefined ? undefined : written.train.find((label) => !task.has(answerOf(label)));
    if (stranger === undefined) return source.texts(dataSet, all, { ...request, data: of });
    const problem = `has the label "${stranger}", which is not one of the adapter's classes ${labels?.join(", ")}`;
    throw new FileError("invalid", dataSet.path, problem);
  }
}

/** Of rows that were tokenised beforehand NaN stands for no answer, whatever the task. */
function labelled(rows: readonly AnsweredDataRow[], task: AnswerTaskOf): AnsweredDataRow[] {
  return rows.filter(({ answer }) => !Number.isNaN(answer) && task.has(answer));
}
