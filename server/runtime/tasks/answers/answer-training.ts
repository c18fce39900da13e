import type { RunConfig } from "@/lib/contract/run-config";
import { readLabels } from "@/server/files/data/label-plan";
import { FileError } from "@/server/files/file-error";
import type { AnswerBase } from "@/server/runtime/models/load-base-model";
import { type AnsweredDataRow, answeredRows, labelColumn } from "@/server/runtime/rows/answered-row";
import {
  type DataSetData,
  type PlannedData,
  planTraining,
  readTokenisedTraining,
  readTrainingRows,
  type TokenRowData,
  type TrainingRows,
} from "@/server/runtime/rows/row-source";
import type { AnswerLearning, Answers } from "./answer-learning";

/** What a task that a head answers trains on and is evaluated on. */
export type AnswerTraining = TrainingRows<AnsweredDataRow> & {
  /** Training rows without an answer, which are passed over. */
  readonly withoutAnswers: number;
  readonly answers: Answers;
};

type Asked<Settings> = {
  readonly config: Pick<RunConfig, "data" | "training">;
  readonly learning: AnswerLearning<Settings>;
  readonly settings: Settings;
};

/** What the answers of rows are learned with. */
type Learned<Settings> = Pick<Asked<Settings>, "learning" | "settings">;

/**
 * Reads the rows that a run needs, no more; its classes, or the mean of its targets, are those of all rows that it may train on.
 *
 * @throws FileError naming file and row, when the data cannot be read or its answers cannot be learned
 */
export async function readAnswerTraining<Settings>(
  { config, ...learned }: Asked<Settings>,
  base: AnswerBase,
  signal: AbortSignal,
): Promise<AnswerTraining> {
  const { data, training } = config;
  if (data.kind === "tokenRows") return readTokenised(data, learned, base);
  const planned = await planTraining(data);
  const answers = await answersOf(data, planned, learned);
  const source = answeredRows(base, learned.learning.task.reader(answers.labels));
  return { ...(await readTrainingRows(source, { data, training }, planned, signal)), withoutAnswers: 0, answers };
}

/**
 * What a run's head learned to give, by the rows that it may have trained on, as training reads it.
 *
 * @throws FileError when the data cannot be read
 */
export async function readAnswers<Settings>(data: RunConfig["data"], learned: Learned<Settings>, base: AnswerBase): Promise<Answers> {
  if (data.kind === "dataSet") return answersOf(data, await planTraining(data), learned);
  const labels = { train: writtenOf(unlabelled(base).tokenised(data.path)), validation: [] };
  return learned.learning.byNumber(data.path, labels, learned.settings);
}

async function answersOf<Settings>(
  data: DataSetData,
  { dataSet, plan }: PlannedData,
  { learning, settings }: Learned<Settings>,
): Promise<Answers> {
  return learning.byName(dataSet.path, await readLabels(dataSet, labelColumn(data), plan), settings);
}

async function readTokenised<Settings>(
  data: TokenRowData,
  { learning, settings }: Learned<Settings>,
  base: AnswerBase,
): Promise<AnswerTraining> {
  const { train, validation, hash } = await readTokenisedTraining(unlabelled(base), data);
  const labels = { train: writtenOf(train), validation: writtenOf(validation) };
  if (labels.train.length === 0)
    throw new FileError("invalid", data.path, 'holds no answers: "labels" of a classification, "targets" of a regression');
  const answers = learning.byNumber(data.path, labels, settings);
  const { none } = learning.task;
  return {
    // Rows that somebody laid out in batches stay where they are; a trainer passes over those without an answer.
    train: train.map((row) => (Number.isNaN(row.answer) ? { ...row, answer: none } : row)),
    validation: validation.filter(({ answer }) => !Number.isNaN(answer)),
    withoutAnswers: train.length - labels.train.length,
    hash,
    answers,
  };
}

/** Of rows tokenised beforehand the answers are numbers already. */
function unlabelled(base: AnswerBase) {
  return answeredRows(base, () => Number.NaN);
}

function writtenOf(rows: readonly AnsweredDataRow[]): string[] {
  return rows.flatMap(({ answer }) => (Number.isNaN(answer) ? [] : [String(answer)]));
}
