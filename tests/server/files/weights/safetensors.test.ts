import { readdirSync, readFileSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { joinPieces } from "@/lib/numbers/blocks/packed-rows";
import { FileError } from "@/server/files/file-error";
import { openSafetensors, writeSafetensors } from "@/server/files/weights/safetensors";
import { seededRandom } from "@/tests/support/seeded-random";
import { temporaryFolder } from "@/tests/support/temporary-folder";

describe("a safetensors file", () => {
  it("gives back what was written", () => {
    const path = join(temporaryFolder(), "a.safetensors");
    const floats = Float32Array.of(1.5, -2, Number.NaN, 0, 3e38, -0);
    writeSafetensors(
      path,
      {
        floats: { shape: [2, 3], data: floats },
        ints: { shape: [3], data: Int32Array.of(-1, 0, 2 ** 31 - 1) },
        wide: { shape: [], data: Float64Array.of(0.1) },
        empty: { shape: [0, 7], data: new Float32Array(0) },
      },
      { format: "pt" },
    );
    const file = openSafetensors(path);
    expect(file.read("floats")).toEqual(floats);
    expect([...file.readInts("ints")]).toEqual([-1, 0, 2 ** 31 - 1]);
    expect([...file.read("wide")]).toEqual([Math.fround(0.1)]);
    expect(file.shape("empty")).toEqual([0, 7]);
    expect(file.read("empty")).toHaveLength(0);
    expect(file.dtype("wide")).toBe("F64");
    expect(file.metadata).toEqual({ format: "pt" });
    file.close();
  });

  it("widens 16-bit floats exactly", () => {
    // 1, -2, largest, smallest subnormal, infinity.
    const path = rawFile(
      { half: entry("F16", [5], 0, 10), brain: entry("BF16", [3, 1], 10, 16) },
      [0x3c00, 0xc000, 0x7bff, 0x0001, 0x7c00, 0x3f80, 0xc000, 0x7f80],
    );
    const file = openSafetensors(path);
    expect([...file.read("half")]).toEqual([1, -2, 65504, 2 ** -24, Number.POSITIVE_INFINITY]);
    expect([...file.read("brain")]).toEqual([1, -2, Number.POSITIVE_INFINITY]);
    const packed = file.blocks?.("brain") ?? expect.fail("no matrix of halves");
    expect(packed.format).toBe("BF16");
    expect(joinPieces(packed.pieces(), 3, 2)).toEqual(Uint8Array.of(0x80, 0x3f, 0x00, 0xc0, 0x80, 0x7f));
    expect(file.blocks?.("half")).toBeUndefined();
    file.close();
  });

  it("reads 64-bit integers that fit, and refuses those that do not", () => {
    const fits = openSafetensors(rawFile({ ids: entry("I64", [2], 0, 16) }, [7, 0, 0, 0, 0xff9c, 0xffff, 0xffff, 0xffff]));
    expect([...fits.readInts("ids")]).toEqual([7, -100]);
    fits.close();
    const big = openSafetensors(rawFile({ ids: entry("I64", [1], 0, 8) }, [0, 0, 1, 0]));
    expect(() => big.readInts("ids")).toThrow('tensor "ids" entry 0 does not fit');
    big.close();
  });

  it("names the tensor that it does not hold, and the dtype that was asked for wrongly", () => {
    const file = openSafetensors(rawFile({ ids: entry("I32", [1], 0, 4) }, [1, 0]));
    expect(() => file.read("other")).toThrow('has no tensor "other"');
    expect(() => file.read("ids")).toThrow('tensor "ids" is I32');
    file.close();
  });

  it.each<[string, Record<string, unknown>, number, RegExp]>([
    ["an unknown dtype", { a: entry("F7", [1], 0, 4) }, 2, /tensor "a" has the unknown dtype "F7"/],
    ["no dtype", { a: { shape: [1], data_offsets: [0, 4] } }, 2, /tensor "a" has the unknown dtype \(there is none\)/],
    ["no shape", { a: { dtype: "F32", data_offsets: [0, 4] } }, 2, /tensor "a" has an invalid shape \(there is none\)/],
    ["a dtype that is a built-in property", { a: entry("constructor", [1], 0, 4) }, 2, /unknown dtype/],
    [
      "a size that does not match the shape",
      { a: entry("F32", [2, 3], 0, 20) },
      10,
      /tensor "a" spans 20 bytes, but shape \[2, 3\] of F32 needs 24/,
    ],
    ["a negative size", { a: entry("F32", [-1], 0, 4) }, 2, /tensor "a" has an invalid shape/],
    ["a fractional size", { a: entry("F32", [0.5], 0, 2) }, 1, /tensor "a" has an invalid shape/],
    ["offsets in the wrong order", { a: entry("F32", [1], 8, 4) }, 4, /tensor "a" ends \(4\) before it begins \(8\)/],
    ["overlapping tensors", { a: entry("F32", [2], 0, 8), b: entry("F32", [1], 4, 8) }, 4, /tensor "b" overlaps/],
    ["a gap between tensors", { a: entry("F32", [1], 0, 4), b: entry("F32", [1], 8, 12) }, 6, /tensor "b" leaves a gap/],
    [
      "data beyond the end",
      { a: entry("F32", [3], 0, 12) },
      4,
      /tensor "a" ends 4 bytes beyond the end of the file; the file is truncated/,
    ],
    ["bytes that belong to no tensor", { a: entry("F32", [1], 0, 4) }, 4, /4 bytes after the last tensor belong to no tensor/],
    ["metadata that is no text", { __metadata__: { n: 1 } }, 0, /__metadata__ key "n" is not a string/],
    ["a shape whose product overflows", { a: entry("F32", [2 ** 40, 2 ** 40], 0, 4) }, 2, /tensor "a" spans 4 bytes/],
  ])("is refused for %s", (_, header, halves, message) => {
    const path = rawFile(header, new Array(halves).fill(0));
    expect(() => openSafetensors(path)).toThrow(message);
    expect(() => openSafetensors(path)).toThrow(path);
  });

  it.each<[string, string, RegExp]>([
    [
      "a key that occurs twice",
      '{"a":{"dtype":"F32","shape":[0],"data_offsets":[0,0]},"a":{"dtype":"F32","shape":[0],"data_offsets":[0,0]}}',
      /holds the key "a" twice/,
    ],
    [
      "a key that occurs twice in a tensor",
      '{"a":{"dtype":"F32","dtype":"F16","shape":[0],"data_offsets":[0,0]}}',
      /holds the key "dtype" twice/,
    ],
    ["text that is no JSON", '{"a":', /the header is not valid JSON/],
    ["JSON that is no object", "[1]", /the header is not a JSON object/],
  ])("is refused for %s", (_, header, message) => {
    expect(() => openSafetensors(rawText(header))).toThrow(message);
  });

  it("is refused when the announced header is longer than the file", () => {
    const path = join(temporaryFolder(), "a.safetensors");
    const bytes = Buffer.alloc(16);
    bytes.writeBigUInt64LE(2n ** 63n);
    writeFileSync(path, bytes);
    expect(() => openSafetensors(path)).toThrow(/declares a header of 9223372036854775808 bytes in a file of 16/);
  });

  it("is refused at every length short of its own", () => {
    const path = join(temporaryFolder(), "a.safetensors");
    writeSafetensors(path, { a: { shape: [2, 3], data: new Float32Array(6) } });
    for (let length = readFileSync(path).length - 1; length >= 0; length--) {
      truncateSync(path, length);
      expect(() => openSafetensors(path)).toThrow(FileError);
    }
  });

  it("is refused, or read to its shapes, with any bytes of its header changed", () => {
    const path = join(temporaryFolder(), "a.safetensors");
    writeSafetensors(
      path,
      { a: { shape: [2, 3], data: new Float32Array(6) }, b: { shape: [5], data: new Int32Array(5) } },
      { format: "pt" },
    );
    const whole = readFileSync(path);
    const random = seededRandom(11);
    let refused = 0;
    for (let round = 0; round < 400; round++) {
      const damaged = Buffer.from(whole);
      for (let change = 0; change <= round % 3; change++) damaged[Math.floor(random() * (whole.length - 44))] = Math.floor(random() * 256);
      writeFileSync(path, damaged);
      try {
        const file = openSafetensors(path);
        for (const name of file.names()) {
          const values = file.dtype(name) === "F32" ? file.read(name) : undefined;
          if (values) expect(values).toHaveLength(file.shape(name).reduce((product, size) => product * size, 1));
        }
        file.close();
      } catch (error) {
        expect(error).toBeInstanceOf(FileError);
        refused++;
      }
    }
    expect(refused).toBeGreaterThan(300);
  });

  it("takes values that are read as they are written, in the order of the file", () => {
    const read: string[] = [];
    const unread = (name: string, ...values: number[]) => ({
      shape: [values.length],
      read() {
        read.push(name);
        return Float32Array.from(values);
      },
    });
    const [late, early] = ["late", "early"].map((name) => join(temporaryFolder(), `${name}.safetensors`)) as [string, string];
    writeSafetensors(late, { b: unread("b", 1, 2), a: unread("a", 3), c: { shape: [1], data: Int32Array.of(4) } });
    expect(read).toEqual(["a", "b"]);
    const data = (...values: number[]) => ({ shape: [values.length], data: Float32Array.from(values) });
    writeSafetensors(early, { b: data(1, 2), a: data(3), c: { shape: [1], data: Int32Array.of(4) } });
    expect(readFileSync(late)).toEqual(readFileSync(early));
    expect(() => writeSafetensors(late, { a: { shape: [2], read: () => Float32Array.of(1) } })).toThrow('tensor "a" has 1 values');
    expect(readFileSync(late)).toEqual(readFileSync(early));
  });

  it("is not left half-written when the values do not fit the shape", () => {
    const folder = temporaryFolder();
    expect(() => writeSafetensors(join(folder, "a.safetensors"), { a: { shape: [2], data: new Float32Array(3) } })).toThrow(
      'tensor "a" has 3 values',
    );
    expect(readdirSync(folder)).toEqual([]);
  });

  it("that is not there is named", () => {
    expect(() => openSafetensors("/nowhere/a.safetensors")).toThrow("/nowhere/a.safetensors: no such file or folder");
  });

  it("may not be a folder", () => {
    expect(() => openSafetensors(temporaryFolder())).toThrow("is not a regular file");
  });
});

describe("a checkpoint that the reference library wrote", () => {
  it("is written again to the same bytes", () => {
    const source = "tests/golden/models/llama-odd/stan/adapter_model.safetensors";
    const file = openSafetensors(source);
    const copy = join(temporaryFolder(), "copy.safetensors");
    writeSafetensors(copy, Object.fromEntries(file.names().map((name) => [name, { shape: file.shape(name), data: file.read(name) }])), {
      ...file.metadata,
    });
    file.close();
    expect(readFileSync(copy).equals(readFileSync(source))).toBe(true);
  });
});

function entry(dtype: string, shape: number[], begin: number, end: number): unknown {
  return { dtype, shape, data_offsets: [begin, end] };
}

/** @param halves data in 16-bit pieces */
function rawFile(header: Record<string, unknown>, halves: readonly number[]): string {
  return rawText(JSON.stringify(header), Buffer.from(Uint16Array.from(halves).buffer));
}

function rawText(header: string, data: Buffer = Buffer.alloc(0)): string {
  const path = join(temporaryFolder(), "raw.safetensors");
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(Buffer.byteLength(header)));
  writeFileSync(path, Buffer.concat([length, Buffer.from(header), data]));
  return path;
}
