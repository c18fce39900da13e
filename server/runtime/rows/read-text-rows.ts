import { setImmediate as nextRound } from "node:timers/promises";
import type { ColumnMapping } from "@/lib/contract/data-set";
import { tokeniseRow } from "@/server/engine/text/rows";
import type { Tokenizer } from "@/server/engine/text/tokenizer";
import type { DataSet } from "@/server/files/data/data-set";
import { FileError } from "@/server/files/file-error";
import type { TokenRow } from "./token-row";

export type TextRowOptions = {
  readonly tokenizer: Tokenizer;
  readonly mapping: ColumnMapping;
  readonly maxTokens: number;
  readonly useChatTemplate: boolean;
  readonly signal: AbortSignal;
};

/** So many rows are tokenised before the event loop comes round: a worker answers requests meanwhile. */
const rowsARound = 64;

/**
 * Tokenises the rows of these numbers, in one pass over the data set.
 *
 * @param wanted numbers of rows, from 0, in any order
 * @returns in the order of `wanted`
 * @throws FileError naming the file, the row and the column at fault
 */
export async function readTextRows(dataSet: DataSet, wanted: Int32Array, options: TextRowOptions): Promise<TokenRow[]> {
  const { tokenizer, mapping, maxTokens, useChatTemplate, signal } = options;
  const places = new Map<number, number>();
  wanted.forEach((row, place) => {
    places.set(row, place);
  });
  const found: TokenRow[] = new Array(wanted.length);
  let left = places.size;
  let row = -1;
  if (left === 0) return [];
  for await (const columns of dataSet.rows()) {
    row += 1;
    const place = places.get(row);
    if (place === undefined) continue;
    try {
      const template = useChatTemplate ? "chat" : "plain";
      const { ids, labels, domain } = tokeniseRow(tokenizer, columns, mapping, { maxTokens, template, rowNumber: row });
      found[place] = { ids, labels, domain, row };
    } catch (cause) {
      throw new FileError("invalid", dataSet.path, cause instanceof Error ? cause.message : String(cause), { cause });
    }
    left -= 1;
    if (left === 0) return found;
    if (left % rowsARound === 0) await nextRound();
    signal.throwIfAborted();
  }
  throw new FileError(
    "invalid",
    dataSet.path,
    `ends after row ${row}, and row ${Math.max(...wanted)} was there before: it has changed meanwhile`,
  );
}
