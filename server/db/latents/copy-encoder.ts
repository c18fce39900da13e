const signature = Buffer.from("PGCOPY\n\xff\r\n\0\0\0\0\0\0\0\0\0", "latin1");
const int4Oid = 23;
const textOid = 25;

/** Writes rows in PostgreSQL's binary COPY form into one growing buffer. */
export class CopyEncoder {
  #buffer = Buffer.allocUnsafe(1 << 16);
  #length = 0;

  constructor() {
    this.#bytes(signature);
  }

  /** Opens a row: exactly so many fields must follow. */
  row(fields: number): void {
    this.#room(2);
    this.#length = this.#buffer.writeInt16BE(fields, this.#length);
  }

  null(): void {
    this.#int(-1);
  }

  int2(value: number | null): void {
    if (value === null) {
      this.null();
      return;
    }
    this.#int(2);
    this.#room(2);
    this.#length = this.#buffer.writeInt16BE(value, this.#length);
  }

  int4(value: number): void {
    this.#int(4);
    this.#int(value);
  }

  int4OrNull(value: number | null): void {
    if (value === null) this.null();
    else this.int4(value);
  }

  float8(value: number | null): void {
    if (value === null) {
      this.null();
      return;
    }
    this.#int(8);
    this.#room(8);
    this.#length = this.#buffer.writeDoubleBE(value, this.#length);
  }

  text(value: string): void {
    // PostgreSQL's text has no NUL; byte tokens may.
    const clean = value.includes("\0") ? value.replaceAll("\0", "\u2400") : value;
    this.#int(Buffer.byteLength(clean));
    this.#room(clean.length * 3);
    this.#length += this.#buffer.write(clean, this.#length);
  }

  textOrNull(value: string | null): void {
    if (value === null) this.null();
    else this.text(value);
  }

  bytea(value: Uint8Array): void {
    this.#int(value.length);
    this.#bytes(value);
  }

  byteaOrNull(value: Uint8Array | null): void {
    if (value === null) this.null();
    else this.bytea(value);
  }

  int4Array(values: ArrayLike<number>): void {
    this.#arrayHead(values.length, int4Oid, values.length * 8);
    for (let i = 0; i < values.length; i++) this.int4(values[i] ?? 0);
  }

  /** Null where there are none. */
  int4ArrayOrNull(values: ArrayLike<number>): void {
    if (values.length === 0) this.null();
    else this.int4Array(values);
  }

  textArray(values: readonly string[]): void {
    const start = this.#length;
    this.#arrayHead(values.length, textOid, 0);
    for (const value of values) this.text(value);
    this.#buffer.writeInt32BE(this.#length - start - 4, start);
  }

  /** What has been written since the last call. */
  take(): Buffer {
    const taken = Buffer.from(this.#buffer.subarray(0, this.#length));
    this.#length = 0;
    return taken;
  }

  get length(): number {
    return this.#length;
  }

  /** The mark after the last row. */
  end(): void {
    this.#room(2);
    this.#length = this.#buffer.writeInt16BE(-1, this.#length);
  }

  #arrayHead(count: number, oid: number, elementBytes: number): void {
    if (count === 0) {
      this.#int(12);
      this.#int(0);
      this.#int(0);
      this.#int(oid);
      return;
    }
    this.#int(20 + elementBytes);
    this.#int(1);
    this.#int(0);
    this.#int(oid);
    this.#int(count);
    this.#int(1);
  }

  #int(value: number): void {
    this.#room(4);
    this.#length = this.#buffer.writeInt32BE(value, this.#length);
  }

  #bytes(value: Uint8Array): void {
    this.#room(value.length);
    this.#buffer.set(value, this.#length);
    this.#length += value.length;
  }

  #room(bytes: number): void {
    if (this.#length + bytes <= this.#buffer.length) return;
    const larger = Buffer.allocUnsafe(Math.max(this.#buffer.length * 2, this.#length + bytes));
    this.#buffer.copy(larger, 0, 0, this.#length);
    this.#buffer = larger;
  }
}
