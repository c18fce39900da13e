import type { Concept } from "@/lib/contract/concept";
import type { ColumnMapping } from "@/lib/contract/data-set";
import { FileError } from "@/server/files/file-error";
import { type DataSet, takeRows } from "./data-set";
import { detectShape } from "./data-set-shape";
import { plain } from "./row-texts";

/** Concepts over a dataset's rows, and the columns that hold its text. */
export type ConceptData = { readonly concepts: readonly Concept[]; readonly mapping: ColumnMapping };

type Kind = Exclude<keyof Concept, "name">;
const kindOfCategory: ReadonlyMap<string, Kind> = new Map([
  ["positive", "positives"],
  ["negative", "negatives"],
  ["hard negative", "hardNegatives"],
]);

/** What one row says of concepts. */
type ConceptRow = {
  readonly kind: Kind;
  /** Of the concept; undefined for a negative of all. */
  readonly key: string | undefined;
  /** Undefined where the row does not name it. */
  readonly name: string | undefined;
};

/**
 * Reads concepts from AxBench's layout (`concept_id`, `output_concept`, `category`, and the text in `input` and `output`; negatives with the id −1 belong to
 * every concept), or from rows with a text and the columns `concept` and `category` (a negative without a concept belongs to every one).
 *
 * @param by a column of which each value is a concept instead, with all other rows as negatives
 * @throws FileError naming the columns that are missing, the row whose category is not known, or the concept with fewer than two positives or negatives
 */
export async function readConcepts(dataSet: DataSet, by?: string): Promise<ConceptData> {
  const { path } = dataSet;
  const first = await takeRows(dataSet, 0, 20);
  const [head = {}] = first;
  const readRow = by === undefined ? readerFor(path, head) : columnReader(path, head, by);
  const mapping = textColumns(first);
  if (mapping === null) throw new FileError("invalid", path, "has no recognised columns of text; expected text, or input and output");
  const rows: ConceptRow[] = [];
  for await (const row of dataSet.rows()) rows.push(readRow(row, rows.length));
  const concepts = by === undefined ? conceptsOf(rows) : eachAgainstTheRest(conceptsOf(rows));
  demandEnough(path, concepts);
  return { concepts, mapping };
}

function textColumns(rows: readonly Record<string, unknown>[]): ColumnMapping | null {
  const isText = (column: string) => rows.length > 0 && rows.every((row) => typeof row[column] === "string");
  if (isText("input") && isText("output")) return { kind: "promptCompletion", prompt: "input", completion: "output", separator: "\n\n" };
  return detectShape(rows.map(({ concept, category, output_concept, concept_genre, dataset_category, ...rest }) => rest));
}

type ReadsRow = (row: Record<string, unknown>, number: number) => ConceptRow;

function readerFor(path: string, head: Record<string, unknown>): ReadsRow {
  const kindAt = (row: Record<string, unknown>, number: number): Kind => {
    const kind = kindOfCategory.get(plain(row["category"]));
    if (kind !== undefined) return kind;
    const known = [...kindOfCategory.keys()].join(", ");
    throw new FileError("invalid", path, `row ${number + 1}: category is "${plain(row["category"])}", but must be one of ${known}`);
  };
  if ("concept_id" in head && "output_concept" in head && "category" in head) {
    return (row, number) => {
      const [kind, id] = [kindAt(row, number), plain(row["concept_id"])];
      const key = id === "-1" ? undefined : id;
      return kind === "positives" ? { kind, key, name: plain(row["output_concept"]) } : { kind, key, name: undefined };
    };
  }
  if (!("concept" in head && "category" in head)) {
    throw new FileError(
      "invalid",
      path,
      "has no columns that name concepts; expected concept and category, or concept_id, output_concept and category as in AxBench",
    );
  }
  return (row, number) => {
    const name = plain(row["concept"]);
    return { kind: kindAt(row, number), key: name === "" ? undefined : name, name };
  };
}

function columnReader(path: string, head: Record<string, unknown>, by: string): ReadsRow {
  if (!(by in head)) throw new FileError("invalid", path, `has no column "${by}"; its columns are ${Object.keys(head).join(", ")}`);
  return (row) => ({ kind: "positives", key: plain(row[by]), name: plain(row[by]) });
}

/** In the order in which their rows come. */
function conceptsOf(rows: readonly ConceptRow[]): Concept[] {
  const shared: Record<Kind, number[]> = { positives: [], negatives: [], hardNegatives: [] };
  const found = new Map<string, { name: string } & Record<Kind, number[]>>();
  for (const [number, { kind, key, name }] of rows.entries()) {
    if (key === undefined) {
      shared[kind].push(number);
      continue;
    }
    const concept = found.get(key) ?? { name: key, positives: [], negatives: [], hardNegatives: [] };
    found.set(key, concept);
    concept[kind].push(number);
    if (name !== undefined) concept.name = name;
  }
  return [...found.values()].map(({ name, ...own }) => ({
    name,
    positives: own.positives,
    negatives: [...own.negatives, ...shared.negatives],
    hardNegatives: [...own.hardNegatives, ...shared.hardNegatives],
  }));
}

function eachAgainstTheRest(concepts: readonly Concept[]): Concept[] {
  return concepts.map((concept) => ({
    ...concept,
    negatives: concepts.flatMap((other) => (other === concept ? [] : other.positives)).sort((a, b) => a - b),
  }));
}

/** Each half of the rows needs both kinds. */
const fewestRows = 2;

function demandEnough(path: string, concepts: readonly Concept[]): void {
  if (concepts.length === 0) throw new FileError("invalid", path, "names no concept");
  for (const { name, positives, negatives } of concepts) {
    if (positives.length >= fewestRows && negatives.length >= fewestRows) continue;
    const counts = `${positives.length} positive and ${negatives.length} negative rows`;
    throw new FileError("invalid", path, `the concept "${name}" has ${counts}; at least ${fewestRows} of each are needed`);
  }
}
