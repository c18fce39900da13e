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
