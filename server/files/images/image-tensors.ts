import { readAnswers } from "@/server/files/data/answered-token-rows";
import { FileError } from "@/server/files/file-error";
import { openSafetensors } from "@/server/files/weights/safetensors";

/** One image that was prepared beforehand, (channels, height, width); `answer` is its class or its number, NaN where it has none. */
export type ImageTensor = {
  readonly pixels: Float32Array;
  readonly channels: number;
  readonly height: number;
  readonly width: number;
  readonly answer: number;
};

/**
 * Reads `pixel_values` (rows, channels, height, width), and `labels` of a classification or `targets` of a regression (rows), from a safetensors
 * file. Leading dimensions beyond these are taken as rows.
 *
 * @throws FileError naming the file and the tensor
 */
export function readImageTensors(path: string): ImageTensor[] {
  const file = openSafetensors(path);
  try {
    const names = file.names();
    if (!names.includes("pixel_values")) throw new FileError("invalid", path, `has no tensor "pixel_values"; it has ${names.join(", ")}`);
    const shape = file.shape("pixel_values");
    const [channels = 0, height = 0, width = 0] = shape.slice(-3);
    const leading = shape.slice(0, -3);
    const rows = leading.reduce((product, size) => product * size, 1);
    const size = channels * height * width;
    if (leading.length === 0 || rows * size === 0) {
      const found = `pixel_values has shape [${shape.join(", ")}]`;
      throw new FileError("invalid", path, `${found}; expected (rows, channels, height, width) with at least one of each`);
    }
    const values = file.read("pixel_values");
    const answers = readAnswers(file, path, leading) ?? new Array<number>(rows).fill(Number.NaN);
    return answers.map((answer, row) => ({ pixels: values.slice(row * size, (row + 1) * size), channels, height, width, answer }));
  } finally {
    file.close();
  }
}
