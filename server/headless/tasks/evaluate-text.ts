import type { EvaluatedRow, EvaluationResult } from "@/lib/contract/study";
import { evaluateEdits, type NamedRow } from "@/server/engine/evaluation/evaluate-edits";
import { wholly } from "@/server/engine/tensor/in-parts";
import { FileError } from "@/server/files/file-error";
import { readCollectionRows } from "@/server/runtime/collections/collection-data";
import { idsOnlyTokenizer } from "@/server/runtime/models/ids-only-tokenizer";
import { type BaseModel, demandText } from "@/server/runtime/models/load-base-model";
import { longestRow } from "@/server/runtime/models/run-context";
import { demandTexts } from "@/server/runtime/rows/read-row";
import { labelCount, type TokenRow } from "@/server/runtime/rows/token-row";
import type { Evaluated } from "./task-evaluation";

/** Label tokens of a row that are written out, so that a person knows it again. */
const shownTokens = 60;

/** Losses, accuracies and rows of the base model, of what was trained and, where some are given, of its edits. */
export async function evaluateText({ model, folder, data, edits, maxTokens, maxRows, signal }: Evaluated): Promise<object> {
  const base = demandText(model.base);
  if (model.trained === undefined) throw new FileError("invalid", folder, "holds nothing that was trained");
  const source = { data, maxTokens, split: "all", tokenBudget: Number.POSITIVE_INFINITY } as const;
  const rows = await readCollectionRows(source, base, signal);
  const labelled = demandTexts(rows)
    .filter((row) => labelCount(row) > 0)
    .slice(0, maxRows);
  if (labelled.length === 0)
    throw new FileError("invalid", data.path ?? "", "no token of any row carries loss, so there is nothing to evaluate");
  const named = labelled.map((row): NamedRow => ({ ...row, text: labelledText(base, row) })).sort((a, b) => a.row - b.row);
  const reading = base.model.forContext(longestRow(labelled));
  const context = { model: reading, adapter: model.trained, isSpecial: tokenizerOf(base).isSpecial };
  const result = wholly(evaluateEdits(context, { edits: edits?.list ?? [], rows: named, isHeldOut: false }));
  return edits === undefined ? unedited(result) : edited(result);
}

/** Whether rows were held out of the adapter's training is not known here. */
function edited({ kind: _, isHeldOut: __, ...result }: EvaluationResult) {
  return result;
}

function unedited({ labelTokens, base, adapter, rows }: EvaluationResult) {
  const withoutEdits = ({ edited: _, gained: __, lost: ___, ...row }: EvaluatedRow) => row;
  return { labelTokens, base, adapter, rows: rows.map(withoutEdits) };
}

function labelledText(base: BaseModel, { labels }: TokenRow): string {
  const ids = Array.from(labels).filter((label, at) => at > 0 && label !== -100);
  return tokenizerOf(base).decode(ids.slice(0, shownTokens), { skipSpecialTokens: true, looseBytes: "named" });
}

function tokenizerOf({ tokenizer, model }: BaseModel) {
  return tokenizer ?? idsOnlyTokenizer(model.config.vocab);
}
