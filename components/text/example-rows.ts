/** The rows, beside the first, from which texts to start from are taken: far apart. @param total rows of the data */
export function exampleRows(total: number): number[] {
  return total > 2 ? [Math.floor(total / 3), Math.floor((2 * total) / 3)] : [];
}
