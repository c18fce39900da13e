import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { ResultColumns } from "@/server/db/benchmarks/results";
import { insertResult } from "@/server/db/benchmarks/results";
import type { Store } from "@/server/db/client";
import { upsertDataSet } from "@/server/db/library/data-sets";
import { newId } from "@/server/db/new-id";

type Row = Record<string, unknown>;

/** A data set of these rows in a file of the folder, with its columns as the first row has them. */
export async function storedDataSet(
  { db }: Store,
  folder: string,
  rows: readonly Row[],
  about: { domains?: string[]; splits?: string[] } = {},
) {
  const path = join(folder, "questions.jsonl");
  const write = (some: readonly Row[]) => writeFileSync(path, some.map((row) => JSON.stringify(row)).join("\n"));
  write(rows);
  const dataSetId = newId();
  await upsertDataSet(db, {
    id: dataSetId,
    name: "questions",
    path,
    format: "jsonl",
    rows: rows.length,
    sizeBytes: 1,
    columns: Object.keys(rows[0] ?? {}).map((name) => ({ name, samples: [] })),
    mapping: null,
    domains: (about.domains ?? []).map((name) => ({ name, rows: 1 })),
    splits: (about.splits ?? []).map((name) => ({ name, rows: 1 })),
    licence: null,
  });
  return { dataSetId, path, write };
}

/** Columns of a result: losses and label tokens, and, where rows are answered, answers and which are right. */
export function resultColumns(
  lossSums: readonly number[],
  labelTokens: readonly number[],
  answered?: { readonly right: readonly number[]; readonly answers: readonly (string | null)[] },
): ResultColumns {
  return {
    lossSums: Float64Array.from(lossSums),
    labelTokens: Int32Array.from(labelTokens),
    right: answered === undefined ? null : Uint8Array.from(answered.right),
    rightPerByte: null,
    answers: answered?.answers ?? null,
  };
}

/** Writes a run's result and its base model's down, as a worker would. */
export async function storeResults(
  { db }: Store,
  { benchmarkId, runId, step = 5 }: { readonly benchmarkId: string; readonly runId: string; readonly step?: number },
  { adapter, base }: { readonly adapter: ResultColumns; readonly base: ResultColumns },
): Promise<void> {
  const model = { benchmarkId, modelId: "m1", frozenDtype: "float32" as const };
  await insertResult(db, model, null, base);
  await insertResult(db, model, { runId, step, trainedRows: 2 }, adapter);
}
