import type { RunConfig } from "@/lib/contract/run-config";
import type { AnswerTask } from "@/lib/contract/tasks/tasks";
import { answerTask } from "@/server/engine/tasks/answer-tasks";
import type { AnswerKind } from "@/server/engine/tasks/answers/answer-task";
import { readAnsweredTokenRows } from "@/server/files/data/answered-token-rows";
import { openDataSet } from "@/server/files/data/data-set";
import { type PlannedLabels, planClasses, readLabels, readTargets } from "@/server/files/data/label-plan";
import { demandFewDomains, planRows, shuffled, spread } from "@/server/files/data/row-plan";
import { FileError } from "@/server/files/file-error";
import { hashFiles } from "@/server/runtime/hash-files";
import type { EncoderBase } from "@/server/runtime/models/load-base-model";
import { demandTokenizer } from "@/server/runtime/models/load-tokenizer";
import { type AnsweredDataRow, labelColumn, readAnsweredRows } from "@/server/runtime/rows/answered-row";

/** What a head learns to give: the names of classes, by number, or numbers; with what is known of them before any text is read. */
export type Answers = AnswerKind & { readonly labels: readonly string[] | undefined };

/** What a classification or regression trains on and is evaluated on. */
export type AnsweredTraining = {
  /** In the order in which they are taken when nothing is shuffled. */
  readonly train: readonly AnsweredDataRow[];
  readonly validation: readonly AnsweredDataRow[];
  /** Training rows without an answer, which are passed over. */
  readonly withoutAnswers: number;
  /** SHA-256 of the data's files. */
  readonly hash: string;
  readonly answers: Answers;
};

type Settings = { readonly config: Pick<RunConfig, "data" | "training">; readonly task: AnswerTask };

/**
 * Reads the rows that a run needs, no more; its classes, or the mean of its targets, are those of all rows that it may train on.
 *
 * @throws FileError naming file and row, when the data cannot be read or its answers cannot be learned
 */
export async function readAnsweredTraining(settings: Settings, base: EncoderBase, signal: AbortSignal): Promise<AnsweredTraining> {
  return settings.config.data.kind === "tokenRows" ? readTokenised(settings, base) : readTexts(settings, base, signal);
}

/**
 * What a run's head learned to give, by the rows that it may have trained on, as training reads it.
 *
 * @throws FileError when the data cannot be read
 */
export async function readAnswers(data: RunConfig["data"], task: AnswerTask, base: EncoderBase): Promise<Answers> {
  if (data.kind === "tokenRows") {
    const written = readAnsweredTokenRows(data.path, base.model.config).flatMap(({ answer }) =>
      Number.isNaN(answer) ? [] : [String(answer)],
    );
    const labels: PlannedLabels = { train: written, validation: [] };
    return answersOf(data.path, labels, task, classesByNumber);
  }
  if (data.path === undefined) throw new Error("data.path is missing: the path of the dataset");
  const dataSet = openDataSet(data.path);
  const labels = await readLabels(dataSet, labelColumn(data), await planRows(dataSet, data.mapping, data));
  return answersOf(data.path, labels, task, classesByName);
}

async function readTokenised({ config: { data }, task }: Settings, base: EncoderBase): Promise<AnsweredTraining> {
  if (data.kind !== "tokenRows") throw new Error("expected rows that are already tokenised");
  const { path, validationPath } = data;
  const read = (from: string): AnsweredDataRow[] =>
    readAnsweredTokenRows(from, base.model.config).map((found, row) => ({ ...found, domain: null, row }));
  const rows = { train: read(path), validation: validationPath === undefined ? [] : read(validationPath) };
  const written = (list: readonly AnsweredDataRow[]) => list.flatMap(({ answer }) => (Number.isNaN(answer) ? [] : [String(answer)]));
  const labels: PlannedLabels = { train: written(rows.train), validation: written(rows.validation) };
  if (labels.train.length === 0)
    throw new FileError("invalid", path, 'holds no answers: "labels" of a classification, "targets" of a regression');
  const answers = answersOf(path, labels, task, classesByNumber);
  const { none } = answerTask(task);
  const answered = (list: readonly AnsweredDataRow[]) => list.map((row) => (Number.isNaN(row.answer) ? { ...row, answer: none } : row));
  return {
    // Rows that somebody laid out in batches stay where they are; a trainer passes over those without an answer.
    train: answered(rows.train),
    validation: rows.validation.filter(({ answer }) => !Number.isNaN(answer)),
    withoutAnswers: rows.train.length - labels.train.length,
    hash: await hashFiles([path]),
    answers,
  };
}

/** What the labels of the training rows say of the answers. */
function answersOf(path: string, labels: PlannedLabels, task: AnswerTask, readClasses: typeof classesByName): Answers {
  return task.kind === "regression" ? numbersOf(path, labels) : readClasses(path, labels, task.labels);
}

/** Labels of rows tokenised beforehand are class numbers already; names may be given for them. */
function classesByNumber(path: string, labels: PlannedLabels, names: readonly string[] | null): Answers {
  const most = labels.train.reduce((top, label) => Math.max(top, Number(label)), 0);
  const numbers = Array.from({ length: names?.length ?? most + 1 }, (_, number) => String(number));
  return { kind: "classification", trainRows: planClasses(path, labels, numbers).trainRows, labels: names ?? numbers };
}

function numbersOf(path: string, labels: PlannedLabels): Answers {
  const { train } = readTargets(path, labels);
  return { kind: "regression", mean: train.reduce((sum, target) => sum + target, 0) / train.length, labels: undefined };
}

async function readTexts(
  { config: { data, training }, task }: Settings,
  base: EncoderBase,
  signal: AbortSignal,
): Promise<AnsweredTraining> {
  if (data.kind !== "dataSet" || data.path === undefined) throw new Error("data.path is missing: the path of the dataset");
  const tokenizer = demandTokenizer(base.tokenizer, base.path);
  const dataSet = openDataSet(data.path);
  const plan = await planRows(dataSet, data.mapping, data);
  demandFewDomains(dataSet, data.mapping, plan);
  const labels = await readLabels(dataSet, labelColumn(data), plan);
  const answers = answersOf(data.path, labels, task, classesByName);
  const order = training.shuffle ? shuffled(plan.train, training.seed) : plan.train;
  const chosen = order.subarray(0, training.steps * training.batchRows);
  const heldOut = spread(plan.validation, training.evaluationRows);
  const { typeVocab } = base.model.config;
  const options = {
    tokenizer,
    mapping: data.mapping,
    maxTokens: training.maxTokens,
    typeVocab,
    answerOf: answerTask(answers).reader(answers.labels),
    signal,
  };
  const all = await readAnsweredRows(dataSet, Int32Array.from([...chosen, ...heldOut]), options);
  return {
    train: all.slice(0, chosen.length),
    validation: all.slice(chosen.length),
    withoutAnswers: 0,
    hash: `sha256:${await dataSet.contentHash()}`,
    answers,
  };
}

function classesByName(path: string, planned: PlannedLabels, names: readonly string[] | null): Answers {
  const { labels, trainRows } = planClasses(path, planned, names);
  return { kind: "classification", trainRows, labels };
}
