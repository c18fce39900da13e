import type { GgufConversion } from "@/lib/contract/architectures/gguf-form";
import { entryCount } from "./weight-source";

export function convertedShape(shape: readonly number[], { kind }: GgufConversion): readonly number[] {
  return kind === "transposed" ? [...shape].reverse() : shape;
}

/** @param shape in the file */
export function convertedValues(values: Float32Array, shape: readonly number[], conversion: GgufConversion): Float32Array {
  switch (conversion.kind) {
    case "transposed":
      return transposed(values, shape);
    case "lessOne":
      return values.map((value) => value - 1);
    case "same":
      return values;
    default:
      return movedRows(values, shape, rowOf(conversion, shape[0] ?? 0));
  }
}

type RowConversion = Exclude<GgufConversion, { kind: "transposed" | "lessOne" }>;

/** Whether a conversion leaves each row as it is: then it can move the bytes of packed ones. */
export function movesRowsAlone(conversion: GgufConversion): conversion is RowConversion {
  return conversion.kind !== "transposed" && conversion.kind !== "lessOne";
}

/**
 * Where a conversion puts each row of the file.
 *
 * @throws RangeError when that many rows cannot be the heads
 */
export function rowOf(conversion: RowConversion, rows: number): (row: number) => number {
  switch (conversion.kind) {
    case "same":
      return (row) => row;
    case "rotaryRows":
      return separatedRow(rows, conversion.heads);
    case "rowsByHead":
      return joinedRow(rows, conversion.heads);
  }
}

/** Undoes llama.cpp's interleaving: within each head of `d` rows, file row 2i + s is row s·d/2 + i. */
function separatedRow(rows: number, heads: number): (row: number) => number {
  const headRows = rows / heads;
  const half = headRows / 2;
  if (!Number.isInteger(half)) throw new RangeError(`${rows} rows cannot be ${heads} heads of an even width`);
  return (row) => {
    const inHead = row % headRows;
    return row - inHead + (inHead % 2) * half + (inHead >> 1);
  };
}

/** Lays the rows of q, k and v, one below the other, head by head: file row (part, head, i) is row (head, part, i). */
function joinedRow(rows: number, heads: number): (row: number) => number {
  const headRows = rows / (3 * heads);
  if (!Number.isInteger(headRows)) throw new RangeError(`${rows} rows cannot be queries, keys and values of ${heads} heads`);
  return (row) => {
    const head = Math.floor(row / headRows) % heads;
    const part = Math.floor(row / (headRows * heads));
    return (head * 3 + part) * headRows + (row % headRows);
  };
}

/** @param shape (rows, d), or (rows) for a bias */
function movedRows(values: Float32Array, shape: readonly number[], target: (row: number) => number): Float32Array {
  const width = entryCount(shape.slice(1));
  const result = new Float32Array(values.length);
  for (let row = 0; row < (shape[0] ?? 0); row++) result.set(values.subarray(row * width, (row + 1) * width), target(row) * width);
  return result;
}

function transposed(values: Float32Array, shape: readonly number[]): Float32Array {
  const [rows = 0, columns = 0] = shape;
  const result = new Float32Array(values.length);
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) result[column * rows + row] = values[row * columns + column] as number;
  }
  return result;
}
