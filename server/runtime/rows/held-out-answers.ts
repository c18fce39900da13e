import type { RunConfig } from "@/lib/contract/run-config";
import { hasAnswer } from "@/server/engine/models/encoders/answered-rows";
import { headTask } from "@/server/engine/tasks/answer-tasks";
import { readAnsweredTokenRows } from "@/server/files/data/answered-token-rows";
import { openDataSet } from "@/server/files/data/data-set";
import { planRows, spread } from "@/server/files/data/row-plan";
import type { EncoderBase } from "@/server/runtime/models/load-base-model";
import { demandTokenizer } from "@/server/runtime/models/load-tokenizer";
import { type AnsweredDataRow, readAnsweredRows } from "./answered-row";

type HeldOut = {
  readonly data: RunConfig["data"];
  /** Names of the classes by number; undefined for a regression. */
  readonly labels: readonly string[] | undefined;
  /** Tokens kept of a row. */
  readonly maxTokens: number;
  /** Most rows. */
  readonly count: number;
};

/**
 * Answered rows that an encoder's run did not train on, evenly spaced over them.
 *
 * @returns none where the data holds none out, or names no labels
 * @throws FileError when the data cannot be read
 */
export async function readHeldOutAnswers(wanted: HeldOut, base: EncoderBase, signal: AbortSignal): Promise<AnsweredDataRow[]> {
  const { data, labels, count } = wanted;
  const rows = data.kind === "tokenRows" ? readTokenised(data, base) : await readTexts(wanted, data, base, signal);
  const answered = rows.filter((row) => hasAnswer(row, labels?.length ?? 1));
  return Array.from(spread(Int32Array.from(answered.keys()), count)).flatMap((place) => answered[place] ?? []);
}

function readTokenised({ validationPath }: Extract<RunConfig["data"], { kind: "tokenRows" }>, base: EncoderBase): AnsweredDataRow[] {
  if (validationPath === undefined) return [];
  const rows = readAnsweredTokenRows(validationPath, base.model.config);
  return rows.flatMap((found, row) => (Number.isNaN(found.answer) ? [] : [{ ...found, domain: null, row }]));
}

async function readTexts(
  { labels, maxTokens, count }: HeldOut,
  data: Extract<RunConfig["data"], { kind: "dataSet" }>,
  base: EncoderBase,
  signal: AbortSignal,
): Promise<AnsweredDataRow[]> {
  if (data.path === undefined) throw new Error("data.path is missing: the path of the dataset");
  if (data.mapping.kind !== "labelled") return [];
  const dataSet = openDataSet(data.path);
  const plan = await planRows(dataSet, data.mapping, data);
  const tokenizer = demandTokenizer(base.tokenizer, base.path);
  const answerOf = headTask(labels).reader(labels);
  const options = { tokenizer, mapping: data.mapping, maxTokens, typeVocab: base.model.config.typeVocab, answerOf, signal };
  return readAnsweredRows(dataSet, spread(plan.validation, count), options);
}
