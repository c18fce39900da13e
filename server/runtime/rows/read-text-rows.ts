import type { ColumnMapping } from "@/lib/contract/data-set";
import { tokeniseRow } from "@/server/engine/text/rows";
import type { Tokenizer } from "@/server/engine/text/tokenizer";
import type { DataRow } from "@/server/files/data/data-row";
import type { DataSet } from "@/server/files/data/data-set";
import { mappedColumns } from "@/server/files/data/mapped-columns";
import { readRows } from "./read-rows";
import type { TokenRow } from "./token-row";

export type TextRowOptions = {
  readonly tokenizer: Tokenizer;
  readonly mapping: ColumnMapping;
  readonly maxTokens: number;
  readonly useChatTemplate: boolean;
  readonly signal: AbortSignal;
};

/**
 * Tokenises the rows of these numbers, in one pass over the data set.
 *
 * @param wanted numbers of rows, from 0, in any order
 * @returns in the order of `wanted`
 * @throws FileError naming the file, the row and the column at fault
 */
export async function readTextRows(dataSet: DataSet, wanted: Int32Array, options: TextRowOptions): Promise<TokenRow[]> {
  const { tokenizer, mapping, maxTokens, useChatTemplate, signal } = options;
  const template = useChatTemplate ? "chat" : "plain";
  const make = (columns: DataRow, row: number): TokenRow => {
    const { ids, labels, domain } = tokeniseRow(tokenizer, columns, mapping, { maxTokens, template, rowNumber: row });
    return { ids, labels, domain, row };
  };
  return readRows(dataSet, wanted, { columns: mappedColumns(mapping), make }, signal);
}
