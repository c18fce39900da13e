import { blockFormats, type PackedMatrix, type PackedName } from "./block-formats";

/** Whole rows of a packed matrix, one after another. */
export type RowPiece = {
  readonly bytes: Uint8Array;
  /** Which row of the matrix each is. */
  readonly rows: Int32Array;
};

/** A matrix in blocks that is read a piece at a time. */
export type PackedRows = {
  readonly format: PackedName;
  /** Each row once. A piece's bytes hold until the next piece is asked for, of this matrix or of another one of its file. */
  readonly pieces: () => Iterable<RowPiece>;
};

/** @param pack is called when the rows are asked for */
export function packedWhen(format: PackedName, rows: number, pack: () => PackedMatrix): PackedRows {
  return { format, pieces: () => [{ bytes: pack().bytes, rows: rowsFrom(0, rows) }] };
}

/**
 * The same matrix in another format, a piece at a time.
 *
 * @param d length of a row in values
 */
export function packedAnew(
  { format, pieces }: PackedRows,
  d: number,
  to: PackedName,
  pack: (values: Float32Array) => PackedMatrix,
): PackedRows {
  return {
    format: to,
    *pieces() {
      for (const { bytes, rows } of pieces()) {
        const values = new Float32Array(rows.length * d);
        blockFormats[format].dequantise(bytes, values);
        yield { bytes: pack(values).bytes, rows };
      }
    },
  };
}

/** Matrices of one format under each other. @param parts with how many rows each has */
export function* piecesBelow(parts: readonly { readonly packed: PackedRows; readonly rows: number }[]): Generator<RowPiece> {
  let above = 0;
  for (const { packed, rows } of parts) {
    for (const piece of packed.pieces()) yield { ...piece, rows: piece.rows.map((row) => above + row) };
    above += rows;
  }
}

/** All rows in their order. @throws RangeError when the pieces hold more or fewer rows, or others */
export function joinPieces(pieces: Iterable<RowPiece>, rows: number, rowBytes: number): Uint8Array {
  const joined = new Uint8Array(rows * rowBytes);
  let placed = 0;
  for (const piece of pieces) {
    piece.rows.forEach((row, i) => {
      if (row < 0 || row >= rows) return;
      placed++;
      joined.set(piece.bytes.subarray(i * rowBytes, (i + 1) * rowBytes), row * rowBytes);
    });
  }
  demandRows(placed, rows);
  return joined;
}

/** @throws RangeError when they are not as many */
export function demandRows(placed: number, rows: number): void {
  if (placed !== rows) throw new RangeError(`${placed} rows were read of a packed matrix of ${rows}`);
}

export function rowsFrom(from: number, count: number): Int32Array {
  return Int32Array.from({ length: count }, (_, i) => from + i);
}
