import { countImages, type Images, someImages } from "@/server/engine/models/images";
import type { ImageReader } from "@/server/engine/models/vision-language/image-reader";
import { readTokenRows } from "@/server/files/data/token-rows";
import { FileError } from "@/server/files/file-error";
import { readPixelValues } from "@/server/files/images/image-tensors";

/** One row as a model reads it, without padding. */
export type TokenRow = {
  readonly ids: Int32Array;
  /** Beside each id the id itself where the loss counts it as a target, −100 where not. */
  readonly labels: Int32Array;
  /** The segment of each token, of a row that an encoder reads. */
  readonly tokenTypeIds?: Int32Array | undefined;
  readonly image?: undefined;
  /** Whose features stand at its image tokens, in their order. */
  readonly images?: Images | undefined;
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

type TokenRowOptions = {
  readonly vocab: number;
  readonly purpose: "train" | "read";
  /** How the model reads images; undefined where it reads texts alone. */
  readonly reader?: ImageReader | undefined;
};

/**
 * The rows of a safetensors file of token ids, padding cut off at both ends. Of a model that reads images `pixel_values` are those of all rows, in the
 * order of their image tokens.
 *
 * @throws FileError naming the tensor and the row at fault
 */
export function readTokenRowFile(path: string, { reader, ...options }: TokenRowOptions): TokenRow[] {
  const { rows, tokens, inputIds, labels, attentionMask } = readTokenRows(path, options);
  const imagesOf = reader === undefined ? () => undefined : imagesInTurn(path, reader);
  return Array.from({ length: rows }, (_, row) => {
    const mask = attentionMask.subarray(row * tokens, (row + 1) * tokens);
    const from = mask.indexOf(1);
    const to = mask.lastIndexOf(1) + 1;
    if (from < 0) throw new FileError("invalid", path, `row ${row} is all padding: its attention_mask has no 1`);
    if (mask.subarray(from, to).includes(0)) {
      throw new FileError("invalid", path, `row ${row} has padding between its tokens; padding must come before or after them`);
    }
    const [start, end] = [row * tokens + from, row * tokens + to];
    const ids = inputIds.slice(start, end);
    return { ids, labels: labels.slice(start, end), images: imagesOf(ids, row), domain: null, row };
  });
}

/** The images of one row after another. */
function imagesInTurn(path: string, { config: { imageToken }, featuresOf, problemOf }: ImageReader) {
  const all = readPixelValues(path);
  const problem = all === undefined ? null : problemOf(all);
  if (problem !== null) throw new FileError("invalid", path, `pixel_values: an image ${problem}`);
  let before = 0;
  return (ids: Int32Array, row: number): Images | undefined => {
    const count = ids.filter((id) => id === imageToken).length;
    if (count === 0) return undefined;
    const each = all === undefined ? 0 : featuresOf(all);
    const given = all === undefined ? 0 : countImages(all);
    if (all === undefined || count % each !== 0 || before + count / each > given) {
      throw new FileError(
        "invalid",
        path,
        `row ${row} has ${count} image tokens (id ${imageToken}); pixel_values has ${given} images${all === undefined ? "" : `, of ${each} tokens each`}`,
      );
    }
    before += count / each;
    return someImages(all, before - count / each, count / each);
  };
}
