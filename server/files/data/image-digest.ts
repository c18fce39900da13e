import { createHash } from "node:crypto";
import type { DataRow } from "./data-row";

/** SHA-256 of bytes, in hexadecimal digits. */
export function digestOf(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}

/** A row with the hash of its image in the place of the bytes: what tells images apart, and is small. @param column undefined where there is none */
export function withDigest(row: DataRow, column: string | undefined): DataRow {
  const value = column === undefined ? undefined : row[column];
  if (column === undefined || typeof value !== "object" || value === null) return row;
  if (value instanceof Uint8Array) return { ...row, [column]: { bytes: digestOf(value) } };
  if (!("bytes" in value) || !(value.bytes instanceof Uint8Array)) return row;
  return { ...row, [column]: { ...value, bytes: digestOf(value.bytes) } };
}
