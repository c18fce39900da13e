import { createRequire } from "node:module";
import path from "node:path";

type Products = { multiply(a: Float32Array, b: Float32Array, rows: number, inner: number, columns: number): Float32Array };

let products: Products | undefined;

/** Loads tfjs's WebAssembly engine. Gives its version. */
export async function startWasmProducts(): Promise<string> {
  const tf = await import("@tensorflow/tfjs-core");
  const wasm = await import("@tensorflow/tfjs-backend-wasm");
  const require = createRequire(import.meta.url);
  const folder = path.dirname(require.resolve("@tensorflow/tfjs-backend-wasm/package.json"));
  wasm.setWasmPaths(path.join(folder, "dist", path.sep));
  await tf.setBackend("wasm");
  await tf.ready();
  products = {
    multiply: (a, b, rows, inner, columns) => {
      const left = tf.tensor2d(a, [rows, inner]);
      const right = tf.tensor2d(b, [inner, columns]);
      const product = tf.matMul(left, right);
      const values = product.dataSync<"float32">().slice();
      tf.dispose([left, right, product]);
      return values;
    },
  };
  return wasm.version_wasm;
}

/** a (rows, inner) · b (inner, columns), both row by row. The product of a transpose is 15 times slower there. */
export function wasmProduct(a: Float32Array, b: Float32Array, rows: number, inner: number, columns: number): Float32Array {
  if (products === undefined) throw new Error("WebAssembly is not loaded: call startEngine first");
  if (rows * inner * columns === 0) return new Float32Array(rows * columns);
  return products.multiply(a, b, rows, inner, columns);
}

/** values (rows, columns) → (columns, rows) */
export function transposed(values: Float32Array, rows: number, columns: number): Float32Array {
  const out = new Float32Array(values.length);
  const BLOCK = 32;
  for (let row0 = 0; row0 < rows; row0 += BLOCK) {
    for (let column0 = 0; column0 < columns; column0 += BLOCK) {
      const rowEnd = Math.min(rows, row0 + BLOCK);
      const columnEnd = Math.min(columns, column0 + BLOCK);
      for (let row = row0; row < rowEnd; row++) {
        for (let column = column0; column < columnEnd; column++) out[column * rows + row] = values[row * columns + column] as number;
      }
    }
  }
  return out;
}

/** x (rows, inner) · wᵀ for few rows, w (columns, inner): here, since carrying w to WebAssembly costs more than the product. */
export function fewRowsProduct(x: Float32Array, w: Float32Array, rows: number, inner: number, columns: number): Float32Array {
  const out = new Float32Array(rows * columns);
  for (let column = 0; column < columns; column++) {
    for (let row = 0; row < rows; row++) {
      let even = 0;
      let odd = 0;
      const from = row * inner;
      const at = column * inner;
      for (let i = 0; i + 1 < inner; i += 2) {
        even += (x[from + i] as number) * (w[at + i] as number);
        odd += (x[from + i + 1] as number) * (w[at + i + 1] as number);
      }
      if (inner % 2 === 1) even += (x[from + inner - 1] as number) * (w[at + inner - 1] as number);
      out[row * columns + column] = even + odd;
    }
  }
  return out;
}
