import type { DataSetSummary } from "@/lib/contract/data-set";
import type { ExperimentRequest } from "@/lib/contract/experiment";
import { type RunTask, taskOf } from "@/lib/contract/run-config";
import { type DataSet, openDataSet } from "@/server/files/data/data-set";
import { planClasses, readLabels, readTargets } from "@/server/files/data/label-plan";
import { heldOutHalves, planRows, type RowPlan } from "@/server/files/data/row-plan";
import { withFileErrors } from "@/server/services/errors";

/** The rows of an experiment by what they are for, by number. */
export type DividedRows = {
  /** What the runs of each set of domains train on and choose by; without sets one, of all domains. */
  readonly sets: readonly { readonly train: Int32Array; readonly selection: Int32Array }[];
  /** What results of all runs are reported on. */
  readonly report: Int32Array;
  /** How many of the rows reported on are of each domain; empty without a domain column. */
  readonly reportDomains: ReadonlyMap<string, number>;
};

type Divided = Pick<ExperimentRequest, "data" | "domainSets" | "task">;

/** Kept for the latest requests: the form asks again at every change. */
const latest = new Map<string, Promise<DividedRows>>();
const mostKept = 8;

/**
 * Divides the rows of an experiment as its runs will.
 *
 * @throws ServiceError `invalid` where a set of domains has no row to train on, or its labels cannot be learned
 */
export function divideRows(
  request: Divided,
  { id, path, createdAt }: Pick<DataSetSummary, "id" | "path" | "createdAt">,
): Promise<DividedRows> {
  const { mapping, domains, validationRows } = request.data;
  const key = JSON.stringify([id, createdAt, mapping, domains, validationRows, request.domainSets, request.task]);
  const known = latest.get(key);
  if (known !== undefined) return known;
  const read = withFileErrors(() => divide(request, openDataSet(path)), "data");
  latest.set(key, read);
  read.catch(() => latest.delete(key));
  const oldest = latest.keys().next().value;
  if (latest.size > mostKept && oldest !== undefined) latest.delete(oldest);
  return read;
}

async function divide({ data, domainSets, task }: Divided, dataSet: DataSet): Promise<DividedRows> {
  const { mapping, domains, validationRows } = data;
  const whole = await planRows(dataSet, mapping, { domains, validationRows });
  const { report } = await heldOutHalves(dataSet, mapping, whole.validation);
  const sets: { train: Int32Array; selection: Int32Array }[] = [];
  for (const names of domainSets ?? [null]) {
    const choice = names === null ? { domains } : { domains: names, heldOutOf: domains, evaluatedDomains: names };
    const { train, validation } = await planRows(dataSet, mapping, { ...choice, validationRows, heldOutPart: "selection" });
    sets.push({ train, selection: validation });
  }
  const answered = taskOf({ task });
  if (mapping.kind === "labelled" && answered.kind !== "languageModel")
    await checkLabels(dataSet, { column: mapping.label, whole, sets, task: answered });
  return { sets, report, reportDomains: await countDomains(dataSet, mapping.domain, report) };
}

type LabelledRows = {
  readonly column: string;
  readonly whole: RowPlan;
  readonly sets: DividedRows["sets"];
  readonly task: Exclude<RunTask, { kind: "languageModel" }>;
};

/** Each set is trained on some of the labels, and measured on all that are held out. @throws FileError where that cannot be */
async function checkLabels(dataSet: DataSet, { column, whole, sets, task }: LabelledRows): Promise<void> {
  const labels = await readLabels(dataSet, column, whole);
  const labelOf = new Map([...whole.train].map((row, place) => [row, labels.train[place] ?? ""]));
  for (const { train } of sets) {
    const own = { train: Array.from(train, (row) => labelOf.get(row) ?? ""), validation: labels.validation };
    if (task.kind === "regression") readTargets(dataSet.path, own);
    else planClasses(dataSet.path, own, task.labels);
  }
}

async function countDomains(dataSet: DataSet, column: string | undefined, rows: Int32Array): Promise<ReadonlyMap<string, number>> {
  const counts = new Map<string, number>();
  if (column === undefined) return counts;
  const wanted = new Set(rows);
  let row = -1;
  for await (const columns of dataSet.rows()) {
    row += 1;
    const domain = String(columns[column]);
    counts.set(domain, (counts.get(domain) ?? 0) + (wanted.has(row) ? 1 : 0));
  }
  return counts;
}
