import { FileError } from "@/server/files/file-error";
import { openSafetensors, type SafetensorsFile } from "@/server/files/weights/safetensors";

/** One row that was tokenised beforehand, without padding; `answer` is its class or its number, NaN where it has none. */
export type AnsweredTokenRow = {
  readonly ids: Int32Array;
  readonly tokenTypeIds: Int32Array | undefined;
  readonly answer: number;
};

/** As transformers marks a row without a label. */
const noClass = -100;

/**
 * Reads `input_ids`, `attention_mask`, `token_type_ids` (rows, tokens), and `labels` of a classification or `targets` of a regression
 * (rows), from a safetensors file, for an encoder. Leading dimensions beyond these are taken as rows.
 *
 * @throws FileError naming the file, the tensor and the row
 */
export function readAnsweredTokenRows(path: string, { vocab }: { readonly vocab: number }): AnsweredTokenRow[] {
  const file = openSafetensors(path);
  try {
    const names = file.names();
    if (!names.includes("input_ids")) throw new FileError("invalid", path, `has no tensor "input_ids"; it has ${names.join(", ")}`);
    const shape = file.shape("input_ids");
    const tokens = shape.at(-1) ?? 0;
    const leading = shape.slice(0, -1);
    const rows = leading.reduce((product, size) => product * size, 1);
    if (leading.length === 0 || rows * tokens === 0) {
      throw new FileError("invalid", path, `input_ids has shape [${shape.join(", ")}]; expected (rows, tokens) with at least one of each`);
    }
    const ids = file.readInts("input_ids");
    const mask = names.includes("attention_mask") ? readShaped(file, path, "attention_mask", shape) : undefined;
    const types = names.includes("token_type_ids") ? readShaped(file, path, "token_type_ids", shape) : undefined;
    const answers = readAnswers(file, path, leading) ?? new Array<number>(rows).fill(Number.NaN);
    return answers.map((answer, row) => {
      const real = mask?.subarray(row * tokens, (row + 1) * tokens);
      const [from, to] = real === undefined ? [0, tokens] : [real.indexOf(1), real.lastIndexOf(1) + 1];
      if (from < 0) throw new FileError("invalid", path, `row ${row} is all padding: its attention_mask has no 1`);
      if (real?.subarray(from, to).includes(0) === true) {
        throw new FileError("invalid", path, `row ${row} has padding between its tokens; padding must come before or after them`);
      }
      const own = (values: Int32Array) => values.slice(row * tokens + from, row * tokens + to);
      const outside = own(ids).find((id) => id < 0 || id >= vocab);
      if (outside !== undefined)
        throw new FileError("invalid", path, `row ${row}: input_ids holds ${outside}, outside the vocabulary of ${vocab}`);
      return { ids: own(ids), tokenTypeIds: types === undefined ? undefined : own(types), answer };
    });
  } finally {
    file.close();
  }
}

function readShaped(file: SafetensorsFile, path: string, name: string, shape: readonly number[]): Int32Array {
  demandShape(file, path, name, shape);
  return file.readInts(name);
}

/** NaN where a row has none; undefined where the file has neither labels nor targets. @param leading the shape that they must have */
export function readAnswers(file: SafetensorsFile, path: string, leading: readonly number[]): number[] | undefined {
  if (file.names().includes("labels")) {
    demandShape(file, path, "labels", leading);
    return Array.from(file.readInts("labels"), (label) => (label === noClass ? Number.NaN : label));
  }
  if (!file.names().includes("targets")) return undefined;
  demandShape(file, path, "targets", leading);
  return Array.from(file.read("targets"));
}

function demandShape(file: SafetensorsFile, path: string, name: string, expected: readonly number[]): void {
  const found = file.shape(name);
  if (found.join() === expected.join()) return;
  throw new FileError("invalid", path, `${name} has shape [${found.join(", ")}]; expected [${expected.join(", ")}] for an encoder`);
}
