/**
 * The one-to-one assignment of rows to columns with the largest sum of weights, each of the fewer side assigned (Kuhn's Hungarian
 * problem). Shortest augmenting paths with dual prices (Jonker and Volgenant 1987; rectangular as Crouse 2016, which is
 * scipy.optimize.linear_sum_assignment): O(min(rows, columns)² · max(rows, columns)).
 *
 * @param weights (rows, columns), row by row
 * @returns the column of each row, −1 for a row left over
 * @throws RangeError unless weights has rows · columns finite numbers
 */
export function assign(weights: Float64Array | Float32Array, rows: number, columns: number): Int32Array {
  if (weights.length !== rows * columns) throw new RangeError(`${weights.length} weights are not ${rows} rows of ${columns}`);
  for (let i = 0; i < weights.length; i++)
    if (!Number.isFinite(weights[i]))
      throw new RangeError(`the weight of row ${Math.floor(i / columns)} and column ${i % columns} is ${weights[i]}, not a finite number`);
  if (rows <= columns) return augment(weights, rows, columns);
  const transposed = weights.slice();
  for (let row = 0; row < rows; row++)
    for (let column = 0; column < columns; column++) transposed[column * rows + row] = weights[row * columns + column] as number;
  const rowOfColumn = augment(transposed, columns, rows);
  const columnOfRow = new Int32Array(rows).fill(-1);
  for (let column = 0; column < columns; column++) columnOfRow[rowOfColumn[column] as number] = column;
  return columnOfRow;
}

/** With rows ≤ columns. Costs are −weights; a cost less both prices is never negative, and 0 on the assignment. */
function augment(weights: Float64Array | Float32Array, rows: number, columns: number): Int32Array {
  const rowPrice = new Float64Array(rows);
  const columnPrice = new Float64Array(columns);
  const columnOfRow = new Int32Array(rows).fill(-1);
  const rowOfColumn = new Int32Array(columns).fill(-1);
  const distance = new Float64Array(columns);
  const cameFrom = new Int32Array(columns);
  // Columns not yet reached stand in the first `left` places.
  const open = new Int32Array(columns);

  for (let start = 0; start < rows; start++) {
    for (let column = 0; column < columns; column++) open[column] = column;
    distance.fill(Number.POSITIVE_INFINITY);
    let left = columns;
    let row = start;
    let travelled = 0;
    let end = -1;
    while (end < 0) {
      let nearest = 0;
      let least = Number.POSITIVE_INFINITY;
      const offset = row * columns;
      const base = travelled - (rowPrice[row] as number);
      for (let place = 0; place < left; place++) {
        const column = open[place] as number;
        const through = base - (weights[offset + column] as number) - (columnPrice[column] as number);
        if (through < (distance[column] as number)) {
          distance[column] = through;
          cameFrom[column] = row;
        }
        const reached = distance[column] as number;
        // Of equally near columns a free one ends the path.
        if (reached < least || (reached === least && rowOfColumn[column] === -1)) {
          least = reached;
          nearest = place;
        }
      }
      const column = open[nearest] as number;
      travelled = least;
      left--;
      open[nearest] = open[left] as number;
      open[left] = column;
      if (rowOfColumn[column] === -1) end = column;
      else row = rowOfColumn[column] as number;
    }
    // The columns reached stand behind `left`; their rows, and the first, take the new prices.
    rowPrice[start] = (rowPrice[start] as number) + travelled;
    for (let place = left; place < columns; place++) {
      const column = open[place] as number;
      const saved = travelled - (distance[column] as number);
      const holder = rowOfColumn[column] as number;
      if (holder >= 0) rowPrice[holder] = (rowPrice[holder] as number) + saved;
      columnPrice[column] = (columnPrice[column] as number) - saved;
    }
    for (let column = end; ; ) {
      const holder = cameFrom[column] as number;
      rowOfColumn[column] = holder;
      const before = columnOfRow[holder] as number;
      columnOfRow[holder] = column;
      if (holder === start) break;
      column = before;
    }
  }
  return columnOfRow;
}
