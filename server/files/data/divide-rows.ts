import { labelColumnOf } from "@/lib/contract/data-set";
import type { ExperimentRequest } from "@/lib/contract/experiment";
import { columnsByRole } from "@/lib/contract/mapped-columns";
import { type AnswerTask, isAnswerTask, taskOf } from "@/lib/contract/tasks/tasks";
import { Random } from "@/lib/numbers/random";
import { labelsOfTask } from "@/server/files/data/tasks/labels-of-tasks";
import { FileError } from "@/server/files/file-error";
import type { DataSet } from "./data-set";
import { readLabels } from "./label-plan";
import { mappedColumns } from "./mapped-columns";
import { demandFewDomains, heldOutHalves, planRows, type RowPlan, spread } from "./row-plan";

/** Bits of what runs do with a row. */
export const rowUses = { trainedOn: 1, chosenBy: 2 } as const;

/** The rows of an experiment by what they are for, by number. */
export type DividedRows = {
  /** What the runs of each set of domains train on and choose by; without sets one, of all domains. */
  readonly sets: readonly { readonly train: Int32Array; readonly selection: Int32Array }[];
  /** What results of all runs are reported on. */
  readonly report: Int32Array;
  /** What the runs of any set do with each row of the data set, by number: a union of `rowUses`. */
  readonly uses: Uint8Array;
  /** How many of the rows reported on are of each domain; empty without a domain column. */
  readonly reportDomains: ReadonlyMap<string, number>;
  /** Characters of the text of some of the rows to train on, in an order that is drawn. */
  readonly lengths: readonly number[];
};

/** Of an experiment's request what decides which rows are for what. */
export type Division = Pick<ExperimentRequest, "data" | "domainSets" | "task">;

/**
 * Divides the rows of an experiment as its runs will.
 *
 * @throws FileError where a set of domains has no row to train on, or its labels cannot be learned
 */
export async function divideRows(dataSet: DataSet, { data, domainSets, task }: Division): Promise<DividedRows> {
  const { mapping, domains, validationRows } = data;
  const whole = await planRows(dataSet, mapping, { domains, validationRows });
  demandFewDomains(dataSet, mapping, whole);
  const { selection, report } = await heldOutHalves(dataSet, mapping, whole.validation);
  const domainOf = domainSets === null ? null : await readDomains(dataSet, mapping.domain);
  const sets = (domainSets ?? [null]).map((names) => {
    if (names === null || domainOf === null) return { train: whole.train, selection };
    // As `planRows` divides them with `heldOutOf`.
    const ofSet = (rows: Int32Array) => rows.filter((row) => names.includes(domainOf[row] ?? ""));
    const own = { train: ofSet(whole.train), selection: ofSet(selection) };
    if (own.train.length === 0) throw new FileError("invalid", dataSet.path, `has no rows to train on in ${names.join(", ")}`);
    return own;
  });
  const answered = taskOf({ task });
  const labels = labelColumnOf(mapping);
  if (labels !== undefined && isAnswerTask(answered)) await checkSets(dataSet, { column: labels, whole, sets, task: answered });
  const uses = usesOf(sets, whole.total);
  const trained = Int32Array.from(numbersWith(uses, rowUses.trainedOn));
  return { sets, report, uses, ...(await describe(dataSet, data, { report, sampled: spread(trained, mostSampled) })) };
}

/** By number of row: a union of `rowUses`. */
function usesOf(sets: DividedRows["sets"], total: number): Uint8Array {
  const uses = new Uint8Array(total);
  const mark = (rows: Int32Array, use: number) => {
    for (const row of rows) uses[row] = (uses[row] ?? 0) | use;
  };
  for (const { train, selection } of sets) {
    mark(train, rowUses.trainedOn);
    mark(selection, rowUses.chosenBy);
  }
  return uses;
}

function* numbersWith(uses: Uint8Array, use: number): Generator<number> {
  for (const [row, its] of uses.entries()) if ((its & use) !== 0) yield row;
}

/** Of every row of the data set. */
async function readDomains(dataSet: DataSet, column: string | undefined): Promise<string[]> {
  const domains: string[] = [];
  for await (const values of dataSet.rows({ columns: column === undefined ? [] : [column] }))
    domains.push(column === undefined ? "" : String(values[column]));
  return domains;
}

const mostSampled = 2048;

type LabelledRows = {
  readonly column: string;
  readonly whole: RowPlan;
  readonly sets: DividedRows["sets"];
  readonly task: AnswerTask;
};

/** Each set is trained on some of the labels, and measured on all that are held out. @throws FileError where that cannot be */
async function checkSets(dataSet: DataSet, { column, whole, sets, task }: LabelledRows): Promise<void> {
  const labels = await readLabels(dataSet, column, whole);
  const labelOf = new Map([...whole.train].map((row, place) => [row, labels.train[place] ?? ""]));
  for (const { train } of sets) {
    const own = { train: Array.from(train, (row) => labelOf.get(row) ?? ""), validation: labels.validation };
    labelsOfTask(task).check(dataSet.path, own, task);
  }
}

/** In one pass: domains of the rows that are reported on, and lengths of those that are sampled. */
async function describe(
  dataSet: DataSet,
  { mapping, domains }: Division["data"],
  { report, sampled }: { readonly report: Int32Array; readonly sampled: Int32Array },
): Promise<Pick<DividedRows, "reportDomains" | "lengths">> {
  const { domain } = mapping;
  const columns = columnsByRole(mapping).flatMap(([role, column]) => (["domain", "split", "label"].includes(role) ? [] : [column]));
  const reportDomains = new Map<string, number>();
  const lengths: number[] = [];
  // Images have as many tokens each as their model gives them.
  const [reported, measured] = [new Set(report), new Set(mapping.kind === "labelledImage" ? [] : sampled)];
  let row = -1;
  for await (const values of dataSet.rows({ columns: mappedColumns(mapping) })) {
    row += 1;
    const name = domain === undefined ? undefined : String(values[domain]);
    if (name !== undefined && domains?.includes(name) !== false) {
      reportDomains.set(name, (reportDomains.get(name) ?? 0) + (reported.has(row) ? 1 : 0));
    }
    if (measured.has(row)) lengths.push(columns.reduce((sum, column) => sum + lengthOf(values[column]), 0));
  }
  const order = Int32Array.from(lengths.keys());
  new Random(0).shuffle(order);
  return { reportDomains, lengths: Array.from(order, (at) => lengths[at] ?? 0) };
}

/** Of a chat the texts of its turns, and what names them. */
function lengthOf(value: unknown): number {
  if (Array.isArray(value)) return value.reduce<number>((sum, turn) => sum + lengthOf(turn), 0);
  if (typeof value === "object" && value !== null) return Object.values(value).reduce<number>((sum, part) => sum + lengthOf(part), 0);
  return String(value ?? "").length;
}
