import type { RunConfig } from "@/lib/contract/run-config";
import { hasAnswer } from "@/server/engine/models/encoders/answered-rows";
import { headTask } from "@/server/engine/tasks/answer-tasks";
import { readLabelNames } from "@/server/files/adapters/label-names";
import { readAnsweredTokenRows } from "@/server/files/data/answered-token-rows";
import { openDataSet } from "@/server/files/data/data-set";
import { readLabels } from "@/server/files/data/label-plan";
import { planRows, spread } from "@/server/files/data/row-plan";
import { FileError } from "@/server/files/file-error";
import type { EncoderBase } from "@/server/runtime/models/load-base-model";
import { demandTokenizer } from "@/server/runtime/models/load-tokenizer";
import { type AnsweredDataRow, labelColumn, readAnsweredRows } from "@/server/runtime/rows/answered-row";

/** Names of an adapter's classes: those beside it, or their numbers; undefined for a regression. */
export function labelsOf(adapterFolder: string, numLabels: number): readonly string[] | undefined {
  if (numLabels === 1) return undefined;
  return readLabelNames(adapterFolder) ?? Array.from({ length: numLabels }, (_, number) => String(number));
}

type Answered = {
  readonly data: RunConfig["data"];
  readonly labels: readonly string[] | undefined;
  readonly maxTokens: number;
  /** Most rows, evenly spaced over all. */
  readonly count: number;
};

/**
 * Rows of an input with their answers; those without one are left out.
 *
 * @throws FileError naming a label that is none of the adapter's classes, or where no row has one
 */
export async function readAnsweredRowsOf(asked: Answered, base: EncoderBase, signal: AbortSignal): Promise<AnsweredDataRow[]> {
  const { data, labels } = asked;
  const found = data.kind === "tokenRows" ? tokenRows(data.path, base) : await textRows(asked, data, base, signal);
  const rows = found.filter((row) => !Number.isNaN(row.answer) && hasAnswer(row, labels?.length ?? 1));
  if (rows.length === 0)
    throw new FileError("invalid", data.path ?? "", "has no labelled rows: add a label column, or labels or targets with the tokens");
  return Array.from(spread(Int32Array.from(rows.keys()), asked.count)).flatMap((place) => rows[place] ?? []);
}

function tokenRows(path: string, base: EncoderBase): AnsweredDataRow[] {
  return readAnsweredTokenRows(path, base.model.config).map((found, row) => ({ ...found, domain: null, row }));
}

async function textRows(
  { labels, maxTokens }: Answered,
  data: Extract<RunConfig["data"], { kind: "dataSet" }>,
  base: EncoderBase,
  signal: AbortSignal,
): Promise<AnsweredDataRow[]> {
  const dataSet = openDataSet(data.path ?? "");
  const plan = await planRows(dataSet, data.mapping, { domains: null, validationRows: 0 });
  const all = Int32Array.from([...plan.train, ...plan.validation]).sort();
  const written = await readLabels(dataSet, labelColumn(data), { train: all, validation: new Int32Array(0) });
  const stranger = labels === undefined ? undefined : written.train.find((label) => !labels.includes(label));
  if (stranger !== undefined) {
    throw new FileError(
      "invalid",
      dataSet.path,
      `has the label "${stranger}", which is not one of the adapter's classes ${labels?.join(", ")}`,
    );
  }
  const tokenizer = demandTokenizer(base.tokenizer, base.path);
  const answerOf = headTask(labels).reader(labels);
  const options = { tokenizer, mapping: data.mapping, maxTokens, typeVocab: base.model.config.typeVocab, answerOf, signal };
  return readAnsweredRows(dataSet, all, options);
}
