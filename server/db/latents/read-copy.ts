import type { PoolClient } from "pg";
import { to as copyTo } from "pg-copy-streams";

const signatureBytes = 11;

/**
 * Runs a query and hands over each row's fields as PostgreSQL's binary form has them (null for NULL): bytes arrive as they are, without the detour
 * over hexadecimal text that the driver's own results take.
 *
 * @param query without parameters: COPY has none
 */
export async function readCopy(client: PoolClient, query: string, visit: (fields: readonly (Buffer | null)[]) => void): Promise<void> {
  const reader = new CopyReader(visit);
  for await (const chunk of client.query(copyTo(`COPY (${query}) TO STDOUT WITH (FORMAT binary)`))) reader.take(chunk as Buffer);
}

/** Cuts a stream of chunks into rows, wherever the chunks end. */
class CopyReader {
  readonly #visit: (fields: readonly (Buffer | null)[]) => void;
  /** What has come and is not yet a whole row; joined only when enough is there for the next piece. */
  #parts: Buffer[] = [];
  #bytes = 0;
  #wanted = signatureBytes + 8;
  #hasHead = false;

  constructor(visit: (fields: readonly (Buffer | null)[]) => void) {
    this.#visit = visit;
  }

  take(chunk: Buffer): void {
    this.#parts.push(chunk);
    this.#bytes += chunk.length;
    if (this.#bytes < this.#wanted) return;
    const whole = this.#parts.length === 1 ? chunk : Buffer.concat(this.#parts);
    let at = 0;
    if (!this.#hasHead) {
      at = signatureBytes + 8 + whole.readInt32BE(signatureBytes + 4);
      this.#hasHead = true;
    }
    for (;;) {
      const end = this.#row(whole, at);
      if (end === undefined) break;
      at = end;
    }
    this.#parts = at === whole.length ? [] : [whole.subarray(at)];
    this.#bytes = whole.length - at;
  }

  /** @returns where the row ends; undefined where it is not yet whole (`#wanted` says how much it takes), or the last has been */
  #row(whole: Buffer, start: number): number | undefined {
    this.#wanted = 2;
    if (whole.length - start < 2) return undefined;
    const count = whole.readInt16BE(start);
    if (count < 0) return undefined;
    const fields: (Buffer | null)[] = [];
    let at = start + 2;
    for (let field = 0; field < count; field++) {
      this.#wanted = at + 4 - start;
      if (whole.length < at + 4) return undefined;
      const length = whole.readInt32BE(at);
      at += 4;
      if (length < 0) {
        fields.push(null);
        continue;
      }
      this.#wanted = at + length - start;
      if (whole.length < at + length) return undefined;
      fields.push(whole.subarray(at, at + length));
      at += length;
    }
    this.#visit(fields);
    return at;
  }
}
