import type { Preview, PreviewRow } from "@/lib/contract/data-set";
import type { WorkerPreviewRequest } from "@/lib/contract/worker";
import type { Tokenizer } from "@/server/engine/text/tokenizer";
import type { DataRow } from "@/server/files/data/data-row";

export type Counts = Omit<Preview, "rows">;

/** The tokenizer of the model. @throws Error where it has none */
type TokenizerOf = () => Tokenizer;

/** Rows of a dataset as a kind of task would train on them. */
export type RowPreview = {
  /** What is wrong with a row is part of it. */
  row(tokenizer: TokenizerOf, columns: DataRow, row: number, asked: WorkerPreviewRequest): PreviewRow;
  /** Counts the tokens of all rows. @throws FileError when the data cannot be read */
  count(tokenizer: TokenizerOf, asked: WorkerPreviewRequest): Promise<Counts>;
  /** What is known before all texts are tokenised. @throws FileError when the data cannot be read */
  knownBefore(asked: WorkerPreviewRequest): Promise<Partial<Counts>>;
};

export function unknownCounts(totalRows: number): Counts {
  return { labelTokens: null, tokens: null, rowsWithoutLabels: null, rowsTooLong: null, trainRows: null, validationRows: null, totalRows };
}
