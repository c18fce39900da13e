import { createHash } from "node:crypto";
import { type ColumnMapping, type HeldOutPart, mostDomains } from "@/lib/contract/data-set";
import { Random } from "@/lib/numbers/random";
import { FileError } from "@/server/files/file-error";
import type { DataSet } from "./data-set";
import { digestOf } from "./image-digest";
import { mappedColumns } from "./mapped-columns";

/** Which rows of a data set a run trains on and which it holds out, by number. */
export type RowPlan = {
  readonly train: Int32Array;
  readonly validation: Int32Array;
  /** Rows of the data set, those of other domains with them. */
  readonly total: number;
  /** Different domains of the divided rows; one more than `mostDomains` stands for any more. */
  readonly numDomains: number;
};

type Division = Omit<RowPlan, "numDomains">;

/** What of a data set is trained on and what is held out, as a run's configuration has it. */
export type RowChoice = {
  readonly domains: readonly string[] | null;
  readonly validationRows: number;
  readonly heldOutPart?: HeldOutPart | undefined;
  readonly heldOutOf?: readonly string[] | null | undefined;
  readonly evaluatedDomains?: readonly string[] | null | undefined;
};

/** MNLI's splits that are held out come in two parts. */
const mnliParts = /[_-](?:mis)?matched$/;
const validationNames: ReadonlySet<string> = new Set(["validation", "valid", "val", "dev", "eval"]);

/**
 * Divides the rows by the mapping's split column; where it names none, every n-th row is held out, so that each part of the
 * data is in both. Rows of a split called test are never trained on; they are held out where no split is for validation.
 *
 * @param options.domains only rows of these are trained on and held out; all when null
 * @param options.validationRows how many to hold out without a split column; at most half
 * @param options.heldOutOf rows are held out of these domains instead, whatever is trained on; all when null
 * @param options.evaluatedDomains of the held-out rows only those of these; all when null
 * @param options.heldOutPart of the held-out rows only this half; which half a row is in depends on its text alone, so that equal rows share one
 * @throws FileError when no row is left to train on
 */
export async function planRows(dataSet: DataSet, mapping: ColumnMapping, options: RowChoice): Promise<RowPlan> {
  const plan = await planAll(dataSet, mapping, options);
  const { heldOutPart } = options;
  if (heldOutPart === undefined) return plan;
  return { ...plan, validation: (await heldOutHalves(dataSet, mapping, plan.validation))[heldOutPart] };
}

/** @throws FileError where a run's rows name more domains than statistics are kept for: before it trains, for they follow its training */
export function demandFewDomains({ path }: DataSet, { domain }: ColumnMapping, { numDomains }: RowPlan): void {
  if (domain === undefined || numDomains <= mostDomains) return;
  throw new FileError(
    "invalid",
    path,
    `column "${domain}" names more than ${mostDomains} domains, the limit for statistics (ours): choose another column, some of the domains, or none`,
  );
}

/** Held-out rows, in ascending order, by their halves; which one a row is in depends on its text alone. */
export async function heldOutHalves(
  dataSet: DataSet,
  mapping: ColumnMapping,
  validation: Int32Array,
): Promise<Readonly<Record<HeldOutPart, Int32Array>>> {
  const columns = mappedColumns({ ...mapping, domain: undefined, split: undefined });
  const halves: Record<HeldOutPart, number[]> = { selection: [], report: [] };
  let [row, place] = [-1, 0];
  for await (const values of dataSet.rows({ columns, withBytes: true })) {
    if (place === validation.length) break;
    row += 1;
    if (row !== validation[place]) continue;
    place += 1;
    halves[partOf(JSON.stringify(columns.map((column) => plain(values[column]))))].push(row);
  }
  return { selection: Int32Array.from(halves.selection), report: Int32Array.from(halves.report) };
}

/** As text, whatever a reader of the data gives: a chat's turns too, and of an image a hash of its bytes. */
function plain(value: unknown): string {
  if (value instanceof Uint8Array) return digestOf(value);
  if (typeof value !== "object" || value === null) return String(value ?? "");
  if ("bytes" in value && value.bytes instanceof Uint8Array) return plain(value.bytes);
  return JSON.stringify(value, (_key, inner: unknown) => (typeof inner === "bigint" ? String(inner) : inner));
}

function partOf(text: string): HeldOutPart {
  const first = createHash("sha256").update(text).digest()[0] ?? 0;
  return first % 2 === 0 ? "selection" : "report";
}

async function planAll(dataSet: DataSet, mapping: ColumnMapping, options: RowChoice): Promise<RowPlan> {
  const { domains, heldOutOf = domains, evaluatedDomains = domains } = options;
  const train: number[] = [];
  const validation: number[] = [];
  const test: number[] = [];
  const isDivided = membership(heldOutOf);
  const isTrained = membership(domains);
  const isEvaluated = membership(evaluatedDomains);
  /** Divided rows that are not trained on, and those that are not evaluated. */
  const [untrained, unevaluated] = [new Set<number>(), new Set<number>()];
  let row = -1;
  const names = new Set<string>();
  const read = [mapping.domain, mapping.split].filter((column) => column !== undefined);
  for await (const columns of dataSet.rows({ columns: read })) {
    row += 1;
    const domain = String(mapping.domain === undefined ? "" : columns[mapping.domain]);
    if (!isDivided(domain)) continue;
    if (names.size <= mostDomains) names.add(domain);
    if (!isTrained(domain)) untrained.add(row);
    if (!isEvaluated(domain)) unevaluated.add(row);
    const split =
      mapping.split === undefined
        ? "train"
        : String(columns[mapping.split] ?? "train")
            .toLowerCase()
            .replace(mnliParts, "");
    if (validationNames.has(split)) validation.push(row);
    else if (split === "test") test.push(row);
    else train.push(row);
  }
  const divided = divide(train, validation.length > 0 ? validation : test, { total: row + 1, mapping, options });
  const plan = {
    train: divided.train.filter((number) => !untrained.has(number)),
    validation: divided.validation.filter((number) => !unevaluated.has(number)),
    total: row + 1,
    numDomains: names.size,
  };
  if (plan.train.length === 0) {
    const split = train.length === 0 && validation.length + test.length > 0 ? mapping.split : undefined;
    throw new FileError("invalid", dataSet.path, `has no rows to train on${reasonOf(domains, row + 1, split)}`);
  }
  return plan;
}

function membership(domains: readonly string[] | null): (domain: string) => boolean {
  if (domains === null) return () => true;
  const names = new Set(domains);
  return (domain) => names.has(domain);
}

type Dividing = { readonly total: number; readonly mapping: ColumnMapping; readonly options: RowChoice };

/** By the split column where it holds any rows out; else every n-th row is. */
function divide(train: readonly number[], heldOut: readonly number[], { total, mapping, options }: Dividing): Division {
  if (mapping.split !== undefined && heldOut.length > 0)
    return { train: Int32Array.from(train), validation: Int32Array.from(heldOut), total };
  return holdOut(train, total, Math.min(options.validationRows, Math.floor(train.length / 2)));
}

/** @param split the column that holds all rows out, where one does */
function reasonOf(domains: readonly string[] | null, rows: number, split: string | undefined): string {
  if (rows === 0) return ": it is empty";
  const where = domains === null ? "" : ` in ${domains.join(", ")}`;
  if (split !== undefined) return `${where}: every row is held out by the split column "${split}"; choose another column, or none`;
  return domains === null ? ": all of its rows are held out" : where;
}

function holdOut(rows: readonly number[], total: number, count: number): Division {
  const validation = spread(Int32Array.from(rows), count);
  const heldOut = new Set(validation);
  return { train: Int32Array.from(rows.filter((row) => !heldOut.has(row))), validation, total };
}

/** `count` of the rows, evenly spaced; all of them when there are no more. */
export function spread(rows: Int32Array, count: number): Int32Array {
  if (count >= rows.length) return rows;
  return Int32Array.from({ length: count }, (_, place) => rows[Math.floor(((place + 0.5) * rows.length) / count)] ?? 0);
}

/** The rows in an order drawn by a seed. */
export function shuffled(rows: Int32Array, seed: number): Int32Array {
  const order = rows.slice();
  new Random(seed).shuffle(order);
  return order;
}
