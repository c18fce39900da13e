import type { z } from "zod";
import { type AnswerBenchmarkTask, classMetricName, numberMetricName } from "@/lib/contract/benchmark-task";
import type { AskedOf } from "@/lib/contract/tasks/benchmark";
import { type GlueTask, glueTasks } from "@/lib/numbers/metrics/glue-tasks";
import { byNumberOrName } from "@/server/files/data/label-plan";

/** A label of a row that is read, as it is written, with the row's number and its split where the data says it. */
export type WrittenLabel = { readonly label: string; readonly row: number; readonly split: string | undefined };

/** Of a class's name, in UTF-16 code units. */
const longestClass = 400;
const mostClasses = 1000;
const mostNamed = 5;

/**
 * The task with its classes and its metric settled by the labels of its rows.
 *
 * @throws Error saying what is wrong with the labels and what to do
 */
export function settleAnswers(task: AnswerBenchmarkTask, labels: readonly WrittenLabel[]): AnswerBenchmarkTask {
  const missing = labels.filter(({ label }) => label === "").map(({ row }) => row);
  if (missing.length > 0) throw new Error(`no label in row ${listed(missing)}: fill it in, or remove these rows`);
  refusePlaceholders(labels);
  const own: SettledBy<AnswerBenchmarkTask> = settledBy[task.kind];
  return own.settle(task, labels, task.glue === null ? undefined : glueTasks[task.glue]);
}

type SettledBy<Asked> = { settle(task: Asked, labels: readonly WrittenLabel[], glue: GlueTask | undefined): Asked };

const settledBy: { readonly [Kind in AnswerBenchmarkTask["kind"]]: SettledBy<AskedOf<Kind>> } = {
  classification: {
    settle(task, labels, glue) {
      const classes = classesOf(task.classes, labels, glue);
      const metric = task.metric ?? glueMetricOf(glue, classMetricName) ?? "accuracy";
      if (metric === "f1" && classes.length > 2)
        throw new Error(`F1 needs two classes, and these rows have ${classes.length}: use macro F1`);
      return { ...task, classes, metric };
    },
  },
  regression: {
    settle(task, labels, glue) {
      checkNumbers(labels, glue);
      return { ...task, metric: task.metric ?? glueMetricOf(glue, numberMetricName) ?? "pearson" };
    },
  },
};

/** The metric that a task of GLUE is read by, where it is one of these. */
function glueMetricOf<Name>(glue: GlueTask | undefined, names: z.ZodType<Name>): Name | undefined {
  return names.safeParse(glue?.metrics[0]).data;
}

/**
 * GLUE hides the labels of its test splits behind −1. A −1 among other numbers of the same split is a class like any other.
 *
 * @throws Error where a split has no other label
 */
function refusePlaceholders(labels: readonly WrittenLabel[]): void {
  const ofSplit = new Map<string | undefined, Set<string>>();
  for (const { label, split } of labels) ofSplit.set(split, (ofSplit.get(split) ?? new Set()).add(label.trim()));
  for (const [split, own] of ofSplit) {
    if (![...own].every((label) => Number(label) === -1)) continue;
    const where = split === undefined ? "every row" : `every row of the split ${JSON.stringify(split)}`;
    throw new Error(`${where} is labelled -1, which means no label: GLUE's test labels are not public. Use a validation split`);
  }
}

/** The classes in the order of their numbers. @throws Error for labels that are no classes, or none of those wanted */
function classesOf(given: readonly string[] | null, labels: readonly WrittenLabel[], glue: GlueTask | undefined): string[] {
  const found = [...new Set(labels.map(({ label }) => label))].sort(byNumberOrName);
  const [long] = found.filter((label) => label.length > longestClass);
  if (long !== undefined || found.length > mostClasses)
    throw new Error(
      `the label column holds ${found.length} different values, ${long === undefined ? `more than ${mostClasses}` : "some of them text"}: map a column of classes, or choose regression`,
    );
  const wanted = given ?? wantedBy(glue, found);
  const stranger = labels.find(({ label }) => wanted !== undefined && !wanted.includes(label));
  if (wanted !== undefined && stranger !== undefined)
    throw new Error(
      `row ${stranger.row} has the label ${JSON.stringify(stranger.label)}, which is not one of the classes ${wanted.join(", ")}`,
    );
  if (wanted !== undefined && new Set(wanted).size < wanted.length) throw new Error(`a class is named twice: ${wanted.join(", ")}`);
  if (found.length < 2) throw new Error(`all rows have the class ${JSON.stringify(found[0] ?? "")}: there is nothing to classify`);
  return [...(wanted ?? found)];
}

/** GLUE's classes as these rows write them: by number, or by name. */
function wantedBy(glue: GlueTask | undefined, found: readonly string[]): string[] | undefined {
  if (glue === undefined) return undefined;
  const names = glue.target.kind === "classes" ? glue.target.names : [];
  return found.some((label) => names.includes(label)) ? [...names] : names.map((_, number) => String(number));
}

/** @throws Error for a label that is no number or beyond GLUE's range, and where all are one */
function checkNumbers(labels: readonly WrittenLabel[], glue: GlueTask | undefined): void {
  const broken = labels.find(({ label }) => label.trim() === "" || !Number.isFinite(Number(label)));
  if (broken !== undefined) throw new Error(`row ${broken.row} has the label ${JSON.stringify(broken.label)}, which is not a number`);
  if (glue?.target.kind === "score") {
    const [low, high] = glue.target.range;
    const outside = labels.find(({ label }) => Number(label) < low || Number(label) > high);
    if (outside !== undefined)
      throw new Error(`row ${outside.row} has the label ${outside.label}, and ${glue.title} has scores of ${low} to ${high}`);
  }
  if (new Set(labels.map(({ label }) => Number(label))).size < 2)
    throw new Error(`all rows have the number ${labels[0]?.label ?? ""}: there is nothing to predict`);
}

function listed(rows: readonly number[]): string {
  const more = rows.length - mostNamed;
  return `${rows.slice(0, mostNamed).join(", ")}${more > 0 ? ` and ${more} more` : ""}`;
}
