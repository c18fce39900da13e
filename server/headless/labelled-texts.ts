import type { RunConfig } from "@/lib/contract/run-config";
import type { NamedRow } from "@/server/engine/evaluation/evaluate-edits";
import { FileError } from "@/server/files/file-error";
import { readCollectionRows } from "@/server/runtime/collections/collection-data";
import { idsOnlyTokenizer } from "@/server/runtime/models/ids-only-tokenizer";
import type { BaseModel } from "@/server/runtime/models/load-base-model";
import { demandTexts } from "@/server/runtime/rows/read-row";
import { labelCount, type TokenRow } from "@/server/runtime/rows/token-row";

/** Label tokens of a row that are written out, so that a person knows it again. */
const shownTokens = 60;

type Wanted = {
  readonly data: RunConfig["data"];
  /** Of a row. */
  readonly maxTokens: number;
  readonly maxRows: number;
  readonly signal: AbortSignal;
};

/** The first rows of texts that carry loss, in their order. @throws FileError when none does */
export async function readLabelledTexts(base: BaseModel, { data, maxTokens, maxRows, signal }: Wanted): Promise<NamedRow[]> {
  const source = { data, maxTokens, split: "all", tokenBudget: Number.POSITIVE_INFINITY } as const;
  const rows = await readCollectionRows(source, base, signal);
  const labelled = demandTexts(rows)
    .filter((row) => labelCount(row) > 0)
    .slice(0, maxRows);
  if (labelled.length === 0)
    throw new FileError("invalid", data.path ?? "", "no token of any row carries loss, so there is nothing to evaluate");
  return labelled.map((row): NamedRow => ({ ...row, text: labelledText(base, row) })).sort((a, b) => a.row - b.row);
}

export function tokenizerOf({ tokenizer, model }: BaseModel) {
  return tokenizer ?? idsOnlyTokenizer(model.config.vocab);
}

function labelledText(base: BaseModel, { labels }: TokenRow): string {
  const ids = Array.from(labels).filter((label, at) => at > 0 && label !== -100);
  return tokenizerOf(base).decode(ids.slice(0, shownTokens), { skipSpecialTokens: true, looseBytes: "named" });
}
