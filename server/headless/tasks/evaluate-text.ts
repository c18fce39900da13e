import type { EvaluatedRow, EvaluationResult } from "@/lib/contract/study";
import { evaluateEdits } from "@/server/engine/evaluation/evaluate-edits";
import { wholly } from "@/server/engine/tensor/in-parts";
import { FileError } from "@/server/files/file-error";
import { readLabelledTexts, tokenizerOf } from "@/server/headless/labelled-texts";
import { demandText } from "@/server/runtime/models/load-base-model";
import { longestRow } from "@/server/runtime/models/run-context";
import type { Evaluated } from "./task-evaluation";

/** Losses, accuracies and rows of the base model, of what was trained and, where some are given, of its edits. */
export async function evaluateText({ model, folder, data, edits, maxTokens, maxRows, signal }: Evaluated): Promise<object> {
  const base = demandText(model.base);
  if (model.trained === undefined) throw new FileError("invalid", folder, "holds nothing that was trained");
  const named = await readLabelledTexts(base, { data, maxTokens, maxRows, signal });
  const reading = base.model.forContext(longestRow(named));
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
