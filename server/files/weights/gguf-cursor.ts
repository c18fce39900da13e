import { FileError } from "@/server/files/file-error";
import type { ReadableFile } from "@/server/files/readable-file";

/** A value of GGUF's metadata. 64-bit integers beyond 2^53 lose their lowest bits; no known key has such. */
export type GgufValue = string | number | boolean | GgufValue[];

const windowBytes = 1 << 20;
const deepestArray = 4;

/** Reads GGUF's header from front to back, through a window of 1 MiB; every length is checked against what is left of the file. */
export class GgufCursor {
  position = 0;
  #file: ReadableFile;
  #window = Buffer.alloc(0);
  #windowStart = 0;

  constructor(file: ReadableFile) {
    this.#file = file;
  }

  uint32(): number {
    return this.#take(4, "a number").readUInt32LE();
  }

  /** @param what names the number in the error */
  count(what: string): number {
    const value = this.#take(8, what).readBigUInt64LE();
    if (value > BigInt(Number.MAX_SAFE_INTEGER)) throw this.refuse(`${what} is ${value}, which is larger than any file`);
    return Number(value);
  }

  string(what: string): string {
    const length = this.count(`the length of ${what}`);
    return this.#take(length, what).toString("utf8");
  }

  value(type: number, key: string): GgufValue {
    return this.#value(type, key, 0);
  }

  refuse(problem: string): FileError {
    return new FileError("invalid", this.#file.path, `${problem} (at byte ${this.position}); the file is damaged or not a GGUF file`);
  }

  #value(type: number, key: string, depth: number): GgufValue {
    if (type === arrayType) return this.#array(key, depth);
    if (type === stringType) return this.string(`the value of "${key}"`);
    const scalar = scalars[type];
    if (scalar === undefined) throw this.refuse(`key "${key}" has the unknown value type ${type}`);
    return scalar.read(this.#take(scalar.bytes, `the value of "${key}"`));
  }

  #array(key: string, depth: number): GgufValue[] {
    if (depth >= deepestArray) throw this.refuse(`key "${key}" nests arrays deeper than ${deepestArray}`);
    const type = this.uint32();
    const length = this.count(`the length of "${key}"`);
    const smallest = scalars[type]?.bytes ?? (type === arrayType ? 12 : 8);
    if (length * smallest > this.#file.sizeBytes - this.position) {
      throw this.refuse(`key "${key}" declares ${length} entries, more than the rest of the file can contain`);
    }
    const values: GgufValue[] = [];
    for (let i = 0; i < length; i++) values.push(this.#value(type, key, depth + 1));
    return values;
  }

  /** The next bytes; valid until the next call. */
  #take(length: number, what: string): Buffer {
    if (length > this.#file.sizeBytes - this.position) throw this.refuse(`the file ends within ${what}`);
    let from = this.position - this.#windowStart;
    if (from + length > this.#window.length) {
      this.#window = Buffer.alloc(Math.min(Math.max(windowBytes, length), this.#file.sizeBytes - this.position));
      this.#file.readAt(this.position, this.#window);
      this.#windowStart = this.position;
      from = 0;
    }
    this.position += length;
    return this.#window.subarray(from, from + length);
  }
}

const stringType = 8;
const arrayType = 9;

const scalars: Readonly<Record<number, { bytes: number; read: (bytes: Buffer) => number | boolean }>> = {
  0: { bytes: 1, read: (bytes) => bytes.readUInt8() },
  1: { bytes: 1, read: (bytes) => bytes.readInt8() },
  2: { bytes: 2, read: (bytes) => bytes.readUInt16LE() },
  3: { bytes: 2, read: (bytes) => bytes.readInt16LE() },
  4: { bytes: 4, read: (bytes) => bytes.readUInt32LE() },
  5: { bytes: 4, read: (bytes) => bytes.readInt32LE() },
  6: { bytes: 4, read: (bytes) => bytes.readFloatLE() },
  7: { bytes: 1, read: (bytes) => bytes.readUInt8() !== 0 },
  10: { bytes: 8, read: (bytes) => Number(bytes.readBigUInt64LE()) },
  11: { bytes: 8, read: (bytes) => Number(bytes.readBigInt64LE()) },
  12: { bytes: 8, read: (bytes) => bytes.readDoubleLE() },
};
