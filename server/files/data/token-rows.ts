import { FileError } from "@/server/files/file-error";
import { openSafetensors, type SafetensorsFile } from "@/server/files/weights/safetensors";

/** Rows tokenised beforehand. All arrays are (rows, tokens), row by row. */
export type TokenRows = {
  readonly rows: number;
  readonly tokens: number;
  readonly inputIds: Int32Array;
  /** The token itself where it counts for the loss, −100 where not. */
  readonly labels: Int32Array;
  /** 1 at real tokens, 0 at padding. */
  readonly attentionMask: Int32Array;
};

/** Label of a token that does not count for the loss. */
export const ignoredLabel = -100;

/**
 * Reads `input_ids`, `labels` and `attention_mask` of a safetensors file. Leading dimensions beyond two are taken as rows. Without a mask every
 * token is real; without labels every real token counts.
 *
 * @param options.vocab ids and labels must lie below it
 * @param options.purpose `train` refuses rows none of which has a label that the shifted loss can reach
 * @throws FileError naming the file, the tensor and the row
 */
export function readTokenRows(path: string, options: { vocab?: number; purpose: "train" | "read" }): TokenRows {
  const file = openSafetensors(path);
  try {
    const shape = rowShape(path, file);
    const inputIds = file.readInts("input_ids");
    const attentionMask = file.names().includes("attention_mask")
      ? readLike(path, file, "attention_mask")
      : new Int32Array(inputIds.length).fill(1);
    const labels = file.names().includes("labels")
      ? readLike(path, file, "labels")
      : inputIds.map((id, i) => (attentionMask[i] === 1 ? id : ignoredLabel));
    const rows = { ...shape, inputIds, labels, attentionMask };
    checkValues(path, rows, options.vocab ?? 2 ** 31);
    if (options.purpose === "train" && countLabels(rows) === 0) {
      throw new FileError(
        "invalid",
        path,
        `labels are ${ignoredLabel} in all ${rows.rows} rows: no token carries loss; set labels to the token ids to be learned`,
      );
    }
    return rows;
  } finally {
    file.close();
  }
}

/** `input_ids` and `attention_mask` of a file that has them, padding left in. @throws FileError as `readTokenRows` */
export function readPrompts(path: string): { ids: Int32Array; attentionMask: Int32Array; rows: number; tokens: number } | undefined {
  const file = openSafetensors(path);
  const hasPrompts = file.names().includes("input_ids");
  file.close();
  if (!hasPrompts) return undefined;
  const { rows, tokens, inputIds, attentionMask } = readTokenRows(path, { purpose: "read" });
  return { ids: inputIds, attentionMask, rows, tokens };
}

/** Labelled tokens that have a token before them to be predicted from. */
export function countLabels({ labels, tokens }: TokenRows): number {
  return labels.reduce((count, label, i) => (label !== ignoredLabel && i % tokens !== 0 ? count + 1 : count), 0);
}

function rowShape(path: string, file: SafetensorsFile): { rows: number; tokens: number } {
  if (!file.names().includes("input_ids"))
    throw new FileError("invalid", path, `has no tensor "input_ids"; it has ${file.names().slice(0, 8).join(", ")}`);
  const shape = file.shape("input_ids");
  const tokens = shape.at(-1) ?? 0;
  const rows = shape.slice(0, -1).reduce((product, size) => product * size, 1);
  if (shape.length < 2 || rows === 0 || tokens === 0) {
    throw new FileError("invalid", path, `input_ids has shape [${shape.join(", ")}]; expected (rows, tokens) with at least one of each`);
  }
  return { rows, tokens };
}

function readLike(path: string, file: SafetensorsFile, name: string): Int32Array {
  const expected = file.shape("input_ids").join(", ");
  const got = file.shape(name).join(", ");
  if (got !== expected) throw new FileError("invalid", path, `${name} has shape [${got}] but input_ids has [${expected}]; they must match`);
  return file.readInts(name);
}

function checkValues(path: string, { tokens, inputIds, labels, attentionMask }: TokenRows, vocab: number): void {
  for (let i = 0; i < inputIds.length; i++) {
    const id = inputIds[i] as number;
    const label = labels[i] as number;
    const mask = attentionMask[i] as number;
    const refuse = (problem: string): FileError =>
      new FileError("invalid", path, `row ${Math.floor(i / tokens)}, token ${i % tokens}: ${problem}`);
    if (id < 0 || id >= vocab) throw refuse(`input_ids is ${id}, outside the vocabulary of ${vocab}`);
    if (mask !== 0 && mask !== 1) throw refuse(`attention_mask is ${mask}; expected 0 or 1`);
    if (label !== ignoredLabel && (label < 0 || label >= vocab))
      throw refuse(`labels is ${label}, neither ${ignoredLabel} nor below the vocabulary's ${vocab}`);
    if (label !== ignoredLabel && mask === 0) throw refuse(`labels is ${label} at padding; expected ${ignoredLabel}`);
  }
}
