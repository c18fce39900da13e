import type { TrainingSettings } from "@/lib/contract/run-config";
import { meanOf } from "@/lib/numbers/intervals";

/** English text takes about so many characters a token; code fewer, other languages less still. */
const charactersAToken = 4;
/** Of a row: where it begins, and where it ends. */
const specialTokens = 2;

type Batch = Pick<TrainingSettings, "batchRows" | "maxTokens" | "packing">;

/** Tokens of a step: those that are read, and those that are computed: short rows share one as long as the longest. */
export type StepTokens = { readonly read: number; readonly padded: number };

/**
 * What a step will read, told by characters, since only a worker has the tokenizer.
 *
 * @param lengths characters of rows, in no order; without any, and with packing, every row counts as full
 */
export function stepTokensOf(lengths: readonly number[], { batchRows, maxTokens, packing }: Batch): StepTokens {
  const most = batchRows * maxTokens;
  if (lengths.length === 0 || packing === true) return { read: most, padded: most };
  const tokens = lengths.map((characters) => Math.min(maxTokens, Math.round(characters / charactersAToken) + specialTokens));
  const batches = Array.from({ length: Math.ceil(tokens.length / batchRows) }, (_, at) =>
    tokens.slice(at * batchRows, (at + 1) * batchRows),
  );
  return {
    read: batchRows * meanOf(tokens),
    padded: batchRows * meanOf(batches.map((batch) => computedOf(batch) / batch.length)),
  };
}

/** Tokens of a batch as training lays it out, at least. */
function computedOf(lengths: readonly number[]): number {
  const longest = Math.max(...lengths);
  return longest * Math.ceil(lengths.reduce((sum, length) => sum + length, 0) / longest);
}
