import { type RowPiece, rowsFrom } from "@/lib/numbers/blocks/packed-rows";
import type { ReadableFile } from "@/server/files/readable-file";

/** What is read of a matrix at a time, or one row. Our choice. */
const pieceBytes = 1 << 22;

/**
 * Reads the rows of packed matrices of one file through one buffer, so that a large matrix takes no memory here.
 *
 * @returns rows `rowBytes` long from `start` on; each piece holds until the next one is read
 */
export function rowReader(file: ReadableFile): (start: number, rows: number, rowBytes: number) => Iterable<RowPiece> {
  let buffer = new Uint8Array(0);
  return function* (start, rows, rowBytes) {
    const most = Math.max(1, Math.floor(pieceBytes / rowBytes));
    if (buffer.length < Math.min(most, rows) * rowBytes) buffer = new Uint8Array(most * rowBytes);
    for (let from = 0; from < rows; from += most) {
      const count = Math.min(most, rows - from);
      const bytes = buffer.subarray(0, count * rowBytes);
      file.readAt(start + from * rowBytes, bytes);
      yield { bytes, rows: rowsFrom(from, count) };
    }
  };
}
