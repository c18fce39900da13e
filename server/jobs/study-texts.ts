import { rowTokens } from "@/lib/contract/run-config";
import type { PromptSource } from "@/lib/contract/study";
import { latestFinishedCollection } from "@/server/db/latents/collections";
import { readDataSet } from "@/server/db/library/data-sets";
import { retryWhileDown } from "@/server/db/retry-while-down";
import type { StudyPrompt, StudyTarget } from "@/server/engine/studies/study-context";
import { spread } from "@/server/files/data/row-plan";
import { encodePrompt } from "@/server/runtime/encode-prompt";
import { kindOfModel } from "@/server/runtime/models/kinds/model-kinds";
import { demandTokenizer } from "@/server/runtime/models/load-tokenizer";
import { openData } from "@/server/runtime/rows/row-source";
import { textRows } from "@/server/runtime/rows/text-rows";
import { labelCount, type TokenRow } from "@/server/runtime/rows/token-row";
import { type HeldOutText, heldOutText } from "@/server/runtime/tasks/language-model/held-out-text";
import { rowsOfCollection } from "./collection-plans";
import type { JobContext } from "./job-context";
import { measuredSource } from "./measured-source";
import type { OpenRun } from "./open-run";
import { runData } from "./run-data";

/** Label tokens of a row that are shown of it, and the most UTF-16 code units. */
const shownTokens = 60;
const shownLength = 200;

/** The prompts of a study as the model reads them. @throws Error when there are none, or one has no token */
export async function studyPrompts(context: JobContext, open: OpenRun, source: PromptSource, signal: AbortSignal): Promise<StudyPrompt[]> {
  if ("texts" in source) return source.texts.map((text) => written(open, text, source.useChatTemplate));
  const { rows } = await studyRows(context, open, source.heldOutRows, signal);
  if (rows.length === 0) throw new Error("the run has no held-out rows to take prompts from: enter prompts instead");
  return rows.map(({ ids }) => {
    const beginning = Array.from(ids.subarray(0, source.promptTokens));
    return { text: textOf(open, beginning), ids: beginning };
  });
}

/** Strings by their own tokens. @throws Error naming one that has none */
export function studyTargets({ base }: OpenRun, targets: readonly string[]): StudyTarget[] {
  return targets.map((text) => {
    const ids = demandTokenizer(base.tokenizer, base.path).encode(text, { addSpecialTokens: false });
    if (ids.length === 0) throw new Error(`the target ${JSON.stringify(text)} has no tokens: leave it out`);
    return { text, ids };
  });
}

/** Rows to measure on: those that the run holds out, else of its newest collection; none where it has neither. @param count most rows */
export async function studyRows(context: JobContext, open: OpenRun, count: number, signal: AbortSignal): Promise<HeldOutText> {
  const ofCollection = async () => {
    const collection = await retryWhileDown(() => latestFinishedCollection(context.store.db, open.run.id));
    return collection === undefined ? [] : rowsOfCollection(context, collection, open, signal);
  };
  return heldOutText(await measuredSource(context, open, { ofCollection, count, signal }), open.base);
}

type GeneralTexts = { readonly dataSetId: string; readonly count: number; readonly signal: AbortSignal };

/** Rows of a dataset, evenly spaced, that the run reads as text; those without a label token are left out. */
export async function generalTexts(
  context: JobContext,
  { run, config, base }: OpenRun,
  { dataSetId, count, signal }: GeneralTexts,
): Promise<TokenRow[]> {
  const dataSet = await retryWhileDown(() => readDataSet(context.store.db, dataSetId));
  if (dataSet === undefined) throw new Error("the dataset of general text was removed");
  const data = await runData(context, run, config, { dataSetId });
  if (data.kind !== "dataSet") throw new Error(`${dataSet.name} is no dataset of texts`);
  const wanted = spread(
    Int32Array.from({ length: dataSet.rows }, (_, row) => row),
    count,
  );
  const maxTokens = Math.min(rowTokens(config), kindOfModel(base).longestRow(base));
  const rows = await textRows(base, "train").texts(await openData(data), wanted, { data, maxTokens, signal });
  return rows.filter((row) => labelCount(row) > 0);
}

/** Beginning of what is labelled in a row. */
export function labelledText(open: OpenRun, { labels }: TokenRow): string {
  const ids = Array.from(labels).filter((label, at) => at > 0 && label !== -100);
  const text = textOf(open, ids.slice(0, shownTokens));
  const isWhole = ids.length <= shownTokens && text.length <= shownLength;
  return isWhole ? text : `${text.slice(0, shownLength)}…`;
}

function written({ base }: OpenRun, text: string, useChatTemplate: boolean): StudyPrompt {
  const ids = encodePrompt(demandTokenizer(base.tokenizer, base.path), text, useChatTemplate);
  if (ids.length === 0) throw new Error(`the prompt ${JSON.stringify(text.slice(0, 80))} has no tokens: leave it out`);
  return { text, ids };
}

function textOf({ base }: OpenRun, ids: readonly number[]): string {
  return base.tokenizer?.decode(ids, { skipSpecialTokens: true, looseBytes: "named" }) ?? ids.map((id) => `[${id}]`).join(" ");
}
