/** Rows of numbers, row after row. */
export type Matrix = { readonly rows: number; readonly columns: number; readonly values: Float64Array };

/** (rows, rows): products of all pairs of rows, the lower half of them. */
export function rowProducts(features: Matrix): Matrix {
  const { rows, columns, values } = features;
  const products = new Float64Array(rows * rows);
  for (let row = 0; row < rows; row++) {
    const own = values.subarray(row * columns, (row + 1) * columns);
    for (let other = 0; other <= row; other++) products[row * rows + other] = rowProduct(features, other, own);
  }
  return { rows, columns: rows, values: products };
}

/** The lower triangle whose product with its transpose is a matrix (Cholesky); columns that the others span are 0. */
export function factorOf({ rows: size, values }: Matrix): Matrix {
  const factor = new Float64Array(size * size);
  const floor = 1e-13 * Array.from({ length: size }, (_, at) => values[at * size + at] as number).reduce((a, b) => Math.max(a, b), 0);
  for (let column = 0; column < size; column++) {
    const own = factor.subarray(column * size, column * size + column);
    let pivot = 0;
    for (let row = column; row < size; row++) {
      const other = factor.subarray(row * size, row * size + column);
      const left = (values[row * size + column] as number) - dot(own, other);
      if (row === column) pivot = left > floor ? Math.sqrt(left) : 0;
      factor[row * size + column] = row === column || pivot === 0 ? pivot : left / pivot;
    }
  }
  return { rows: size, columns: size, values: factor };
}

/** A row times weights, of which there may be more. */
export function rowProduct({ columns, values }: Matrix, row: number, weights: Float64Array): number {
  let sum = 0;
  for (let column = 0, from = row * columns; column < columns; column++) {
    sum += (values[from + column] as number) * (weights[column] as number);
  }
  return sum;
}

export function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let place = 0; place < a.length; place++) sum += (a[place] as number) * (b[place] as number);
  return sum;
}

/** from + length · direction */
export function moved(from: Float64Array, direction: Float64Array, length: number): Float64Array {
  return from.map((one, place) => one + length * (direction[place] as number));
}
