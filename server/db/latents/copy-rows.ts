import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { PoolClient } from "pg";
import { from as copyFrom } from "pg-copy-streams";
import { CopyEncoder } from "./copy-encoder";

const chunkBytes = 1 << 18;

/**
 * Streams rows into a table by binary COPY; `write` puts one row's fields in the order of `columns`.
 *
 * @returns the number of rows
 */
export async function copyRows<Row>(
  client: PoolClient,
  table: string,
  columns: readonly string[],
  rows: Iterable<Row> | AsyncIterable<Row>,
  write: (encoder: CopyEncoder, row: Row) => void,
): Promise<number> {
  let count = 0;
  async function* chunks(): AsyncGenerator<Buffer> {
    const encoder = new CopyEncoder();
    for await (const row of rows) {
      encoder.row(columns.length);
      write(encoder, row);
      count++;
      if (encoder.length >= chunkBytes) yield encoder.take();
    }
    encoder.end();
    yield encoder.take();
  }
  const names = columns.map((column) => `"${column}"`).join(", ");
  await pipeline(Readable.from(chunks()), client.query(copyFrom(`COPY "${table}" (${names}) FROM STDIN WITH (FORMAT binary)`)));
  return count;
}
