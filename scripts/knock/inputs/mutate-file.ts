import { gunzipSync, gzipSync } from "node:zlib";
import type { Files } from "./files";
import { mutateJson } from "./mutate-json";
import { type Mutation, pick } from "./mutation";

/** Some files with one of them changed. */
export function mutateFiles(files: Files, mutation: Mutation): Files {
  const name = pick(Object.keys(files), mutation.file);
  const bytes = files[name];
  return bytes === undefined ? files : { ...files, [name]: mutateFile(name, bytes, mutation) };
}

type Mutate = (bytes: Buffer, mutation: Mutation) => Buffer | undefined;

/** A file with one thing about it changed, in the way of its kind or else byte by byte. */
export function mutateFile(name: string, bytes: Buffer, mutation: Mutation): Buffer {
  const inItsWay = forms.find(([ending]) => ending.test(name))?.[1];
  const changed = mutation.size % 5 === 0 ? undefined : inItsWay?.(bytes, mutation);
  return changed ?? mutateBytes(bytes, mutation);
}

const json: Mutate = (bytes, mutation) => asBuffer(mutateJson(bytes.toString("utf8"), mutation));

const jsonLines: Mutate = (bytes, mutation) => {
  const lines = bytes.toString("utf8").split("\n");
  const index = Math.floor(mutation.at * lines.length);
  const changed = mutateJson(lines[index] ?? "", { ...mutation, at: (mutation.value % 97) / 97 });
  if (changed === undefined) return undefined;
  lines[index] = changed;
  return Buffer.from(lines.join("\n"));
};

/** The header, under its right length. */
const safetensors: Mutate = (bytes, mutation) => {
  if (bytes.length < 8) return undefined;
  const length = Number(bytes.readBigUInt64LE());
  const header = mutateJson(bytes.subarray(8, 8 + length).toString("utf8"), mutation);
  if (header === undefined) return undefined;
  const size = Buffer.alloc(8);
  size.writeBigUInt64LE(BigInt(Buffer.byteLength(header)));
  return Buffer.concat([size, Buffer.from(header), bytes.subarray(8 + length)]);
};

const oddFields: readonly string[] = [
  "7777777777",
  "-1",
  "99999999999",
  "\0",
  "../../x",
  "/etc/passwd",
  "a".repeat(100),
  " ",
  "1",
  "2",
  "5",
  "x",
  "L",
  "g",
  "ÿ",
];
/** A field of an entry's header, under its right checksum. */
const tar: Mutate = (bytes, { at, kind, value }) => {
  const headers = Array.from({ length: Math.floor(bytes.length / 512) }, (_, i) => i * 512).filter(
    (start) => bytes.toString("latin1", start + 257, start + 262) === "ustar",
  );
  if (headers.length === 0) return undefined;
  const copy = Buffer.from(bytes);
  const header = copy.subarray(headers[Math.floor(at * headers.length)]).subarray(0, 512);
  const [start, length] = pick(
    [
      [0, 100],
      [124, 12],
      [156, 1],
      [157, 100],
      [345, 155],
      [100, 8],
    ] as const,
    kind,
  );
  header.fill(0, start, start + length);
  header.write(pick(oddFields, value), start, length, "latin1");
  header.fill(" ", 148, 156);
  const sum = header.reduce((total, byte) => total + byte, 0);
  header.write(`${sum.toString(8).padStart(6, "0")}\0 `, 148, "latin1");
  return copy;
};

const gzip: Mutate = (bytes, mutation) => {
  try {
    const inner = gunzipSync(bytes, { maxOutputLength: 1 << 26 });
    const name = inner.toString("latin1", 257, 262) === "ustar" ? "a.tar" : "a.jsonl";
    return gzipSync(mutateFile(name, inner, { ...mutation, size: mutation.value }));
  } catch {
    return undefined;
  }
};

const oddTexts: readonly string[] = [
  '"',
  "'",
  ",",
  "\t",
  "\n",
  "\r",
  "\r\n\r\n",
  "\0",
  "\ufeff",
  "\u2028",
  '""',
  '"a""',
  ",".repeat(5000),
  "\n".repeat(5000),
  `"${"x".repeat(300_000)}`,
  "é".repeat(50),
  "🦊",
  "\ud800",
  "{% for i in range(10**9) %}",
  "{% for m in messages %}",
  "{% endfor %}",
  "{{",
  "}}",
  "{%",
  "%}",
  "{#",
  "{{ messages }}",
  "{{ messages[99].content }}",
  "{% if messages %}",
  "{% endif %}",
  "{% set x = namespace(a=[1]) %}",
  "{% set x.a = x.a + x.a %}",
  "{% macro f() %}{{ f() }}{% endmacro %}{{ f() }}",
  "{{ 'a' * 10**9 }}",
  "{{ range(0, 10**12, 1) | list | length }}",
  "{% call f() %}",
  "{% filter upper %}",
  "{% set y %}",
  "{{ raise_exception('no') }}",
  "{{ messages | map(attribute='content') | join('x') | list }}",
];
const text: Mutate = (bytes, { at, value, size }) => {
  const place = Math.floor(at * (bytes.length + 1));
  const added = Buffer.from(pick(oddTexts, value));
  const times = size === 1 ? 20_000 / Math.max(1, added.length) : 1;
  return Buffer.concat([
    bytes.subarray(0, place),
    ...Array.from({ length: Math.max(1, times) }, () => added),
    bytes.subarray(place + (size % 4)),
  ]);
};

const forms: ReadonlyArray<readonly [RegExp, Mutate]> = [
  [/\.json$/, json],
  [/\.(jsonl|ndjson)$/, jsonLines],
  [/\.safetensors$/, safetensors],
  [/\.tar$/, tar],
  [/\.(gz|tgz)$/, gzip],
  [/\.(csv|tsv|txt|jinja|md)$/, text],
];

const oddNumbers: readonly bigint[] = [
  0n,
  1n,
  0x7fn,
  0x80n,
  0xffn,
  0x7fffn,
  0xffffn,
  0x7fff_ffffn,
  0x8000_0000n,
  0xffff_ffffn,
  0x1_0000_0000n,
  0x7fff_ffff_ffff_ffffn,
  0xffff_ffff_ffff_ffffn,
  1n << 53n,
];

function mutateBytes(bytes: Buffer, { at, kind, value, size }: Mutation): Buffer {
  const place = placeIn(bytes.length, at, value);
  switch (kind % 7) {
    case 0:
      return bytes.subarray(0, place);
    case 1: {
      const copy = Buffer.from(bytes);
      if (place < copy.length) copy[place] = (copy[place] ?? 0) ^ (1 << (value % 8));
      return copy;
    }
    case 2:
    case 3: {
      const number = Buffer.alloc(8);
      number.writeBigUInt64LE(pick(oddNumbers, value));
      const width = pick([1, 2, 4, 8], size);
      return Buffer.concat([bytes.subarray(0, place), number.subarray(0, width), bytes.subarray(place + width)]);
    }
    case 4:
      return Buffer.concat([bytes.subarray(0, place), Buffer.alloc(size, value % 256), bytes.subarray(place)]);
    case 5:
      return Buffer.concat([bytes.subarray(0, place), bytes.subarray(place + 1 + size)]);
    default:
      return Buffer.concat([
        bytes.subarray(0, place),
        ...Array.from({ length: size === 0 ? 500 : 3 }, () => bytes.subarray(place, place + size * 8)),
      ]).subarray(0, 8_000_000);
  }
}

/** Headers stand at the beginning, of Parquet at the end: half of the places are there. */
function placeIn(length: number, at: number, value: number): number {
  if (value % 4 === 0) return Math.floor(at * Math.min(length, 1024));
  if (value % 4 === 1) return Math.max(0, length - 1 - Math.floor(at * 1024));
  return Math.floor(at * length);
}

function asBuffer(content: string | undefined): Buffer | undefined {
  return content === undefined ? undefined : Buffer.from(content);
}
