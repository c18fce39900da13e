import { FileError } from "@/server/files/file-error";
import type { DataSet } from "./data-set";
import type { RowPlan } from "./row-plan";

/** Labels as they are written, in the order of the plan's rows. */
export type PlannedLabels = { readonly train: readonly string[]; readonly validation: readonly string[] };

/** The classes of a data set in the order of a head's scores, with how many rows each has. */
export type ClassPlan = {
  readonly labels: readonly string[];
  readonly trainRows: readonly number[];
  readonly validationRows: readonly number[];
};

const mostNamed = 5;

/**
 * Reads the labels of all rows that are trained on or held out, in one pass.
 *
 * @throws FileError naming rows without a label
 */
export async function readLabels(dataSet: DataSet, column: string, plan: Pick<RowPlan, "train" | "validation">): Promise<PlannedLabels> {
  const wanted = new Set([...plan.train, ...plan.validation]);
  const found = new Map<number, string>();
  const missing: number[] = [];
  let row = -1;
  for await (const columns of dataSet.rows({ columns: [column] })) {
    row += 1;
    if (!wanted.has(row)) continue;
    const value = Object.hasOwn(columns, column) ? columns[column] : null;
    if (value === null || value === undefined || value === "") missing.push(row);
    else if (typeof value === "object") throw new FileError("invalid", dataSet.path, `row ${row}: column "${column}" has no label`);
    else found.set(row, String(value));
  }
  if (missing.length > 0) {
    const rest = missing.length > mostNamed ? ` and ${missing.length - mostNamed} more` : "";
    throw new FileError(
      "invalid",
      dataSet.path,
      `has no label in column "${column}" of row ${missing.slice(0, mostNamed).join(", ")}${rest}: fill it in, or remove these rows`,
    );
  }
  const of = (rows: Int32Array) => Array.from(rows, (number) => found.get(number) ?? "");
  return { train: of(plan.train), validation: of(plan.validation) };
}

/**
 * The classes: those given, or those of the training rows, numbers in ascending order and words in that of their letters.
 *
 * @param given names in the order of the head's scores; null takes those of the training rows
 * @throws FileError for a single class, and for a label that is not among the classes or never trained on
 */
export function planClasses(path: string, { train, validation }: PlannedLabels, given: readonly string[] | null): ClassPlan {
  const trained = countOf(train);
  const labels = given ?? [...trained.keys()].sort(byNumberOrName);
  const refuse = (problem: string): FileError => new FileError("invalid", path, problem);
  const repeated = labels.find((label, place) => labels.indexOf(label) !== place);
  if (repeated !== undefined) throw refuse(`the class "${repeated}" is named twice`);
  const stranger = [...train, ...validation].find((label) => given !== null && !given.includes(label));
  if (stranger !== undefined) throw refuse(`has the label "${stranger}", which is not one of the classes ${labels.join(", ")}`);
  if (trained.size < 2) {
    throw refuse(`all training rows have the class "${labels.find((label) => trained.has(label)) ?? ""}": there is nothing to classify`);
  }
  const unseen = validation.find((label) => !trained.has(label));
  if (unseen !== undefined) {
    throw refuse(`the label "${unseen}" is in the held-out rows but not in the training rows: split the rows differently, or leave it out`);
  }
  const heldOut = countOf(validation);
  return {
    labels,
    trainRows: labels.map((label) => trained.get(label) ?? 0),
    validationRows: labels.map((label) => heldOut.get(label) ?? 0),
  };
}

/**
 * Numbers to be predicted.
 *
 * @throws FileError naming a label that is no number, and where all are one
 */
export function readTargets(path: string, { train, validation }: PlannedLabels): { train: Float64Array; validation: Float64Array } {
  const broken = [...train, ...validation].find((label) => label.trim() === "" || !Number.isFinite(Number(label)));
  if (broken !== undefined)
    throw new FileError("invalid", path, `has the label "${broken}", which is not a number: a regression needs numbers`);
  const numbers = { train: Float64Array.from(train, Number), validation: Float64Array.from(validation, Number) };
  if (numbers.train.every((target) => target === numbers.train[0])) {
    throw new FileError("invalid", path, `all training rows have the number ${train[0] ?? ""}: there is nothing to predict`);
  }
  return numbers;
}

function countOf(labels: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const label of labels) counts.set(label, (counts.get(label) ?? 0) + 1);
  return counts;
}

/** Order of classes that nobody has put in order: numbers ascending, words by their letters. */
export function byNumberOrName(a: string, b: string): number {
  const [left, right] = [Number(a), Number(b)];
  if (Number.isFinite(left) && Number.isFinite(right) && left !== right) return left - right;
  return a < b ? -1 : a > b ? 1 : 0;
}
