import type { ColumnMapping } from "@/lib/contract/data-set";
import { encodePair } from "./encode-pairs";
import { type DataRow, textOf } from "./rows";
import type { Tokenizer } from "./tokenizer";

export type AnsweredRowOptions = {
  /** Most tokens of a row, special ones counted. */
  readonly maxTokens: number;
  /** Segments that the model distinguishes. */
  readonly typeVocab: number;
  /** The row's number, for errors. */
  readonly rowNumber: number;
};

/** A row as an encoder reads it, with its answer as it is written in the data. */
export type TokenisedAnswer = {
  readonly ids: Int32Array;
  /** The segment of each token. */
  readonly tokenTypeIds: Int32Array;
  /** Null where the mapping names no label, or the row has none. */
  readonly label: string | null;
  readonly domain: string | null;
  readonly tooLong: boolean;
};

/**
 * The tokens of one row with the special tokens that encoders read around it, and its label. The preview and the training both come here.
 *
 * @throws Error naming row and column where a value is missing, empty or of the wrong kind, or the rows are not texts
 */
export function tokeniseAnswered(tokenizer: Tokenizer, row: DataRow, mapping: ColumnMapping, options: AnsweredRowOptions): TokenisedAnswer {
  try {
    if (mapping.kind !== "text" && mapping.kind !== "labelled") {
      throw new Error("an encoder needs one or two text columns and a label column: map them");
    }
    const first = textOf(row, mapping.text);
    const second = mapping.kind === "labelled" && mapping.second !== undefined ? textOf(row, mapping.second) : undefined;
    return {
      ...encodePair(tokenizer, { first, second }, options),
      label: mapping.kind === "labelled" ? labelOf(row, mapping.label) : null,
      domain: mapping.domain === undefined ? null : textOf(row, mapping.domain),
    };
  } catch (cause) {
    throw new Error(`row ${options.rowNumber}: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
  }
}

/** A class or a number as a string; null where the row has none. @throws Error for a list or an object */
export function labelOf(row: DataRow, column: string): string | null {
  const value = Object.hasOwn(row, column) ? row[column] : null;
  if (value === null || value === undefined || value === "") return null;
  return textOf(row, column);
}
