import type { EvaluatedRow, EvaluationResult } from "@/lib/contract/study";
import { evaluateEdits, type NamedRow } from "@/server/engine/evaluation/evaluate-edits";
import { startEngine } from "@/server/engine/tensor/backend";
import { writeFileAtomically } from "@/server/files/atomic-write";
import { FileError } from "@/server/files/file-error";
import { readCollectionRows } from "@/server/runtime/collections/collection-data";
import { idsOnlyTokenizer } from "@/server/runtime/models/ids-only-tokenizer";
import { type BaseModel, isEncoderCheckpoint, loadBaseModel } from "@/server/runtime/models/load-base-model";
import { loadTrained } from "@/server/runtime/models/load-full";
import { labelCount, type TokenRow } from "@/server/runtime/rows/token-row";
import { type Arguments, parseCount, UsageError } from "./arguments";
import { dataAt } from "./data-input";
import { editsIn } from "./edits-input";
import { evaluateBenchmark } from "./evaluate-benchmark";
import { evaluateEncoder } from "./evaluate-encoder";

const defaultLength = 512;

/** Label tokens of a row that are written out, so that a person knows it again. */
const shownTokens = 60;

/** Writes losses, accuracies and rows of the base model, an adapter and, where some are given, edits, as one JSON object. */
export async function evaluate(given: Arguments): Promise<void> {
  const [lengthText, rowsText, editsPath] = [given.value("max-length"), given.value("max-rows"), given.value("edits")];
  const length = lengthText === undefined ? defaultLength : parseCount("max-length", lengthText, 1);
  const maxRows = rowsText === undefined ? Number.POSITIVE_INFINITY : parseCount("max-rows", rowsText, 1);
  const [description, model] = [given.value("benchmark"), given.required("model")];
  if (description !== undefined) {
    refuseBeside(given);
    return evaluateBenchmark({ model, adapter: given.required("adapter"), description, output: given.required("output") });
  }
  const path = given.required("input");
  if (isEncoderCheckpoint(model)) {
    if (editsPath !== undefined)
      throw new FileError("invalid", editsPath, "cannot be applied: edits are not supported for encoders here; omit --edits");
    const [adapter, output] = [given.required("adapter"), given.required("output")];
    return evaluateEncoder({ model, adapter, input: path, output, length, maxRows });
  }
  const edits = editsPath === undefined ? [] : editsIn(editsPath);
  const data = await dataAt(path);
  await startEngine();
  const base = loadBaseModel(model, "exact");
  const adapter = loadTrained(given.required("adapter"), base.model);
  const isSpecial = tokenizerOf(base).isSpecial;
  const maxTokens = Math.min(length, base.model.config.contextLength);
  const rows = await readCollectionRows(
    { data, maxTokens, split: "all", tokenBudget: Number.POSITIVE_INFINITY },
    base,
    new AbortController().signal,
  );
  const labelled = rows.filter((row) => labelCount(row) > 0).slice(0, maxRows);
  if (labelled.length === 0) throw new FileError("invalid", path, "no token of any row carries loss, so there is nothing to evaluate");
  const named = labelled.map((row): NamedRow => ({ ...row, text: labelledText(base, row) })).sort((a, b) => a.row - b.row);
  const work = evaluateEdits({ model: base.model, adapter, isSpecial }, { edits, rows: named, isHeldOut: false });
  let step = work.next();
  while (step.done !== true) step = work.next();
  const result = step.value;
  writeFileAtomically(given.required("output"), [`${JSON.stringify(editsPath === undefined ? unedited(result) : edited(result))}\n`]);
}

/** A benchmark says itself which rows are read, and how much of each. */
function refuseBeside(given: Arguments): void {
  const beside = ["input", "edits", "max-length", "max-rows"].find((flag) => given.value(flag) !== undefined);
  if (beside !== undefined) throw new UsageError(`--${beside} cannot be combined with --benchmark, whose file says what is read`);
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
  return tokenizerOf(base).decode(ids.slice(0, shownTokens), { skipSpecialTokens: true });
}

function tokenizerOf({ tokenizer, model }: BaseModel) {
  return tokenizer ?? idsOnlyTokenizer(model.config.vocab);
}
