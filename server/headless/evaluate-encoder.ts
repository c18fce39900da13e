import { adapterHooks } from "@/server/engine/adapters/arms";
import { headTask } from "@/server/engine/tasks/answer-tasks";
import { type AnswerScores, answerScores, type Scorer } from "@/server/engine/tasks/answers/answer-scores";
import { startEngine } from "@/server/engine/tensor/backend";
import { writeFileAtomically } from "@/server/files/atomic-write";
import { FileError } from "@/server/files/file-error";
import { loadModel } from "@/server/runtime/models/loaded-model";
import type { AnsweredDataRow } from "@/server/runtime/rows/answered-row";
import { labelsOf, readAnsweredRowsOf } from "./answered-input";
import { encoderDataAt } from "./data-input";

export type EncoderEvaluation = {
  readonly model: string;
  readonly adapter: string;
  readonly input: string;
  readonly output: string;
  readonly length: number;
  readonly maxRows: number;
};

const passRows = 16;

/**
 * Writes the loss, the metrics and each row's answer of an adapter and its head, as one JSON object. The constant answer is the commonest
 * class, by their shares, or the mean, of these very rows: what was trained on is not known here.
 */
export async function evaluateEncoder({ model, adapter: folder, input, output, length, maxRows }: EncoderEvaluation): Promise<void> {
  const data = await encoderDataAt(input);
  await startEngine();
  const { base, trained, classifier } = loadModel({ path: model, precision: "exact", folder });
  if (base.kind !== "encoder" || classifier === undefined) {
    throw new FileError("invalid", folder, "contains no head: train the adapter with its head in modules_to_save");
  }
  const scoring = classifier.model;
  const labels = labelsOf(folder, scoring.numLabels);
  const maxTokens = Math.min(length, base.model.config.contextLength);
  const rows = await readAnsweredRowsOf({ data, labels, maxTokens, count: maxRows }, base, new AbortController().signal);
  const scorer = { model: scoring, hooks: trained && adapterHooks(trained), head: classifier.head.read() };
  const found = scoresOf(scorer, rows);
  const answers = rows.map(({ answer }) => answer);
  const task = headTask(labels);
  const known = task.known(answers, scoring.numLabels);
  const result = {
    rows: rows.length,
    labels: labels ?? null,
    loss: mean(found.losses),
    constantLoss: mean(task.constantLosses(answers, known)),
    metrics: task.metrics(found.scores, answers, known),
    answers: rows.map((row, place) => answerOf(row, found, place, labels)),
  };
  writeFileAtomically(output, [`${JSON.stringify(result)}\n`]);
}

function scoresOf(scorer: Scorer, rows: readonly AnsweredDataRow[]): AnswerScores {
  const passes = answerScores(() => scorer, rows, passRows);
  let pass = passes.next();
  while (pass.done !== true) pass = passes.next();
  return pass.value;
}

function answerOf(
  { row, answer }: AnsweredDataRow,
  { scores, losses }: AnswerScores,
  place: number,
  labels: readonly string[] | undefined,
) {
  const width = labels?.length ?? 1;
  const own = scores.subarray(place * width, (place + 1) * width);
  const named = (number: number) => (labels === undefined ? number : (labels[number] ?? String(number)));
  const given = named(headTask(labels).answerOf(own));
  return { row, label: named(answer), predicted: given, loss: losses[place] ?? Number.NaN, scores: [...own] };
}

function mean(values: ArrayLike<number>): number {
  return Array.from(values).reduce((sum, value) => sum + value, 0) / values.length;
}
