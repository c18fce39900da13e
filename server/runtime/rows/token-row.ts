import { readTokenRows } from "@/server/files/data/token-rows";
import { FileError } from "@/server/files/file-error";

/** One row as a model reads it, without padding. */
export type TokenRow = {
  readonly ids: Int32Array;
  /** Beside each id the id itself where the loss counts it as a target, −100 where not. */
  readonly labels: Int32Array;
  /** The segment of each token, of a row that an encoder reads. */
  readonly tokenTypeIds?: Int32Array | undefined;
  readonly image?: undefined;
  readonly domain: string | null;
  /** The row's number in its data set, from 0. */
  readonly row: number;
};

/** Labels that have a token before them to be predicted from. */
export function labelCount({ labels }: Pick<TokenRow, "labels">): number {
  let count = 0;
  for (let at = 1; at < labels.length; at++) if (labels[at] !== -100) count += 1;
  return count;
}

/**
 * The rows of a safetensors file of token ids, padding cut off at both ends.
 *
 * @throws FileError naming the tensor and the row at fault
 */
export function readTokenRowFile(path: string, options: { vocab: number; purpose: "train" | "read" }): TokenRow[] {
  const { rows, tokens, inputIds, labels, attentionMask } = readTokenRows(path, options);
  return Array.from({ length: rows }, (_, row) => {
    const mask = attentionMask.subarray(row * tokens, (row + 1) * tokens);
    const from = mask.indexOf(1);
    const to = mask.lastIndexOf(1) + 1;
    if (from < 0) throw new FileError("invalid", path, `row ${row} is all padding: its attention_mask has no 1`);
    if (mask.subarray(from, to).includes(0)) {
      throw new FileError("invalid", path, `row ${row} has padding between its tokens; padding must come before or after them`);
    }
    const [start, end] = [row * tokens + from, row * tokens + to];
    return { ids: inputIds.slice(start, end), labels: labels.slice(start, end), domain: null, row };
  });
}
