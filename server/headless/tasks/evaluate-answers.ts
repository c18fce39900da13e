import { meanOf } from "@/lib/numbers/intervals";
import { adapterHooks } from "@/server/engine/adapters/arms";
import { type AnswerScores, answerScores } from "@/server/engine/tasks/answers/answer-scores";
import { wholly } from "@/server/engine/tensor/in-parts";
import { FileError } from "@/server/files/file-error";
import { demandEncoder } from "@/server/runtime/models/load-base-model";
import type { AnsweredDataRow } from "@/server/runtime/rows/answered-row";
import { classNames } from "@/server/runtime/tasks/answers/class-names";
import { type Answering, readLabelledRows } from "@/server/runtime/tasks/answers/labelled-rows";
import type { Evaluated } from "./task-evaluation";

const passRows = 16;

/**
 * The loss, the metrics and each row's answer of what was trained and its head. The constant prediction is the commonest class, by their shares, or
 * the mean, of these very rows: what was trained on is not known here.
 */
export async function evaluateAnswers({ model, folder, data, edits, maxTokens, maxRows, signal }: Evaluated): Promise<object> {
  if (edits !== undefined)
    throw new FileError("invalid", edits.path, "cannot be applied: edits are not supported for encoders here; omit --edits");
  const { trained, classifier } = model;
  if (classifier === undefined) {
    throw new FileError("invalid", folder, "contains no head: train the adapter with its head in modules_to_save");
  }
  const { task, model: scoring, head } = classifier;
  const labels = classNames(folder, model);
  const rows = await readLabelledRows({ data, maxTokens, count: maxRows, signal }, { task, labels }, demandEncoder(model.base));
  const scorer = { model: scoring, hooks: trained && adapterHooks(trained), head: head.read() };
  const found = wholly(answerScores(task, () => scorer, rows, passRows));
  const answers = rows.map(({ answer }) => answer);
  const known = task.known(answers, scoring.numLabels);
  return {
    rows: rows.length,
    labels: labels ?? null,
    loss: meanOf(found.losses),
    constantLoss: meanOf(task.constantLosses(answers, known)),
    metrics: task.metrics(found.scores, answers, known),
    answers: rows.map((row, place) => answerOf({ task, labels }, row, found, place)),
  };
}

function answerOf({ task, labels }: Answering, { row, answer }: AnsweredDataRow, { scores, losses }: AnswerScores, place: number) {
  const width = labels?.length ?? 1;
  const own = scores.subarray(place * width, (place + 1) * width);
  const predicted = task.written(task.answerOf(own), labels);
  return { row, label: task.written(answer, labels), predicted, loss: losses[place] ?? Number.NaN, scores: [...own] };
}
