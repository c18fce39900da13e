import type { Matrix } from "@/lib/contract/methods/tensors";
import type { Random } from "@/lib/numbers/random";

/** Uniform within ±1/√columns: Kaiming with a = √5, as PEFT starts LoRA's A. */
export function kaimingUniform(rows: number, columns: number, random: Random): Matrix {
  const bound = 1 / Math.sqrt(columns);
  const data = new Float32Array(rows * columns);
  for (let i = 0; i < data.length; i++) data[i] = ((random.nextWord() + 0.5) / 2 ** 31 - 1) * bound;
  return { shape: [rows, columns], data };
}

export function zeros(rows: number, columns: number): Matrix {
  return { shape: [rows, columns], data: new Float32Array(rows * columns) };
}

export function rowsOf({ shape: [, width], data }: Matrix, rows: readonly number[]): Matrix {
  const taken = new Float32Array(rows.length * width);
  rows.forEach((row, i) => {
    taken.set(data.subarray(row * width, (row + 1) * width), i * width);
  });
  return { shape: [rows.length, width], data: taken };
}

/** Some columns, each times its own factor. */
export function scaledColumns({ shape: [rows, width], data }: Matrix, columns: readonly number[], factors: Float64Array): Matrix {
  const taken = new Float32Array(rows * columns.length);
  for (let row = 0; row < rows; row++) {
    columns.forEach((column, i) => {
      taken[row * columns.length + i] = (data[row * width + column] as number) * (factors[column] as number);
    });
  }
  return { shape: [rows, columns.length], data: taken };
}

/** All rows of matrices of one width, one matrix below another. */
export function rowsBelow(matrices: readonly Matrix[]): Matrix {
  const width = matrices[0]?.shape[1] ?? 0;
  const data = new Float32Array(matrices.reduce((sum, matrix) => sum + matrix.data.length, 0));
  let at = 0;
  for (const matrix of matrices) {
    data.set(matrix.data, at);
    at += matrix.data.length;
  }
  return { shape: [data.length / Math.max(1, width), width], data };
}

/** All columns of matrices of one height, one matrix beside another. */
export function columnsBeside(matrices: readonly Matrix[]): Matrix {
  const rows = matrices[0]?.shape[0] ?? 0;
  const width = matrices.reduce((sum, { shape }) => sum + shape[1], 0);
  const data = new Float32Array(rows * width);
  let from = 0;
  for (const { shape, data: own } of matrices) {
    for (let row = 0; row < rows; row++) data.set(own.subarray(row * shape[1], (row + 1) * shape[1]), row * width + from);
    from += shape[1];
  }
  return { shape: [rows, width], data };
}

export function timesAll({ shape, data }: Matrix, factor: number): Matrix {
  return { shape, data: factor === 1 ? data : data.map((value) => value * factor) };
}
