import type { ColumnMapping } from "@/lib/contract/data-set";
import type { RunConfig } from "@/lib/contract/run-config";
import type { AnsweredRow } from "@/server/engine/models/encoders/answered-rows";
import { tokeniseAnswered } from "@/server/engine/text/answered-rows";
import { noLoss } from "@/server/engine/text/rows";
import type { Tokenizer } from "@/server/engine/text/tokenizer";
import type { DataRow } from "@/server/files/data/data-row";
import type { DataSet } from "@/server/files/data/data-set";
import { mappedColumns } from "@/server/files/data/mapped-columns";
import { FileError } from "@/server/files/file-error";
import { readRows } from "./read-rows";
import type { TokenRow } from "./token-row";

/** One row as an encoder reads it, without padding, with what it is to answer. */
export type AnsweredDataRow = AnsweredRow & {
  readonly domain: string | null;
  /** The row's number in its data set, from 0. */
  readonly row: number;
};

export type AnsweredRowOptions = {
  readonly tokenizer: Tokenizer;
  readonly mapping: ColumnMapping;
  readonly maxTokens: number;
  readonly typeVocab: number;
  /** A label's class number, or the number that it is; of a row without one `null` is given. */
  readonly answerOf: (label: string | null) => number;
  readonly signal: AbortSignal;
};

/**
 * Tokenises the rows of these numbers for an encoder, in one pass over the data set.
 *
 * @param wanted numbers of rows, from 0, in any order
 * @returns in the order of `wanted`
 * @throws FileError naming the file, the row and the column at fault
 */
export async function readAnsweredRows(dataSet: DataSet, wanted: Int32Array, options: AnsweredRowOptions): Promise<AnsweredDataRow[]> {
  const { tokenizer, mapping, maxTokens, typeVocab, answerOf, signal } = options;
  const make = (columns: DataRow, row: number): AnsweredDataRow => {
    const { ids, tokenTypeIds, label, domain } = tokeniseAnswered(tokenizer, columns, mapping, { maxTokens, typeVocab, rowNumber: row });
    return { ids, tokenTypeIds, answer: answerOf(label), domain, row };
  };
  return readRows(dataSet, wanted, { columns: mappedColumns(mapping), make }, signal);
}

/** The rows as a collection reads them, without their answers; no token of them carries loss. @throws FileError as `readAnsweredRows` */
export async function readPlainRows(
  dataSet: DataSet,
  wanted: Int32Array,
  options: Omit<AnsweredRowOptions, "answerOf">,
): Promise<TokenRow[]> {
  return (await readAnsweredRows(dataSet, wanted, { ...options, answerOf: () => Number.NaN })).map(plainRow);
}

export function plainRow({ ids, tokenTypeIds, domain, row }: Omit<AnsweredDataRow, "answer">): TokenRow {
  return { ids, labels: new Int32Array(ids.length).fill(noLoss), tokenTypeIds, domain, row };
}

/** The column of labels. @throws FileError where the mapping names none */
export function labelColumn(data: Extract<RunConfig["data"], { kind: "dataSet" }>): string {
  if (data.mapping.kind === "labelled") return data.mapping.label;
  throw new FileError("invalid", data.path ?? "", "is mapped without labels: an encoder needs one or two text columns and a label column");
}
