import { readAnswers } from "@/server/files/data/answered-token-rows";
import { FileError } from "@/server/files/file-error";
import { openSafetensors, type SafetensorsFile } from "@/server/files/weights/safetensors";

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
    const { leading, rows, channels, height, width, values } = pixelsOf(file, path);
    const size = channels * height * width;
    const answers = readAnswers(file, path, leading) ?? new Array<number>(rows).fill(Number.NaN);
    return answers.map((answer, row) => ({ pixels: values.slice(row * size, (row + 1) * size), channels, height, width, answer }));
  } finally {
    file.close();
  }
}

/** All images of a file, one after another; undefined where it has none. @throws FileError naming the tensor */
export function readPixelValues(path: string): Omit<ImageTensor, "answer"> | undefined {
  const file = openSafetensors(path);
  try {
    if (!file.names().includes("pixel_values")) return undefined;
    const { channels, height, width, values } = pixelsOf(file, path);
    return { channels, height, width, pixels: values };
  } finally {
    file.close();
  }
}

function pixelsOf(file: SafetensorsFile, path: string) {
  const shape = file.shape("pixel_values");
  const [channels = 0, height = 0, width = 0] = shape.slice(-3);
  const leading = shape.slice(0, -3);
  const rows = leading.reduce((product, size) => product * size, 1);
  if (leading.length === 0 || rows * channels * height * width === 0) {
    const found = `pixel_values has shape [${shape.join(", ")}]`;
    throw new FileError("invalid", path, `${found}; expected (rows, channels, height, width) with at least one of each`);
  }
  return { leading, rows, channels, height, width, values: file.read("pixel_values") };
}
