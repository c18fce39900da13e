import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { DataRow } from "@/server/files/data/data-row";
import { openDataSet, takeRows } from "@/server/files/data/data-set";
import { summariseDataSet } from "@/server/files/data/data-set-summary";
import { FileError } from "@/server/files/file-error";
import { fixturesFolder, references } from "@/tests/support/fixtures";
import { seededRandom } from "@/tests/support/seeded-random";
import { temporaryFolder } from "@/tests/support/temporary-folder";

const golden = "tests/golden/parquet";

describe("rows", () => {
  it("of JSONL are its lines, whatever ends them; U+2028 does not", async () => {
    expect(await rowsOf("a.jsonl", '\ufeff{"text":"a\u2028b"}\r\n\n{"text":"ü"}')).toEqual([{ text: "a\u2028b" }, { text: "ü" }]);
  });

  it("of JSON are those of its list, bare or under a key", async () => {
    expect(await rowsOf("a.json", '[{"a":1},{"a":2}]')).toEqual([{ a: 1 }, { a: 2 }]);
    expect(await rowsOf("a.json", '{"version":"1","data":[{"a":1}]}')).toEqual([{ a: 1 }]);
  });

  it("of CSV keep delimiters, quotes and line ends that are quoted", async () => {
    const text = 'text,label\r\n"a, ""b""\nc",1\r\nplain "quotes" inside,\r\n"",2';
    expect(await rowsOf("a.csv", text)).toEqual([
      { text: 'a, "b"\nc', label: "1" },
      { text: 'plain "quotes" inside', label: "" },
      { text: "", label: "2" },
    ]);
  });

  it("of CSV keep a carriage return at the end of a quoted field, whatever line end follows", async () => {
    for (const end of ["\n", "\r\n", ""])
      expect(await rowsOf("a.csv", `text,label${end || "\n"}"one\r","two\r"${end}`)).toEqual([{ text: "one\r", label: "two\r" }]);
  });

  it("of CSV may be separated by semicolons, of TSV by tabs", async () => {
    expect(await rowsOf("a.csv", "a;b\n1;2\n")).toEqual([{ a: "1", b: "2" }]);
    expect(await rowsOf("a.tsv", "a\tb\n1,5\t2\n")).toEqual([{ a: "1,5", b: "2" }]);
  });

  it("of a text are its passages", async () => {
    expect(await rowsOf("a.txt", "one\ntwo\n\n \nthree\n")).toEqual([{ text: "one\ntwo" }, { text: "three" }]);
  });

  it("survive any cut into chunks", async () => {
    // Longer than a chunk, with characters of several bytes at every offset.
    const rows = Array.from({ length: 40_000 }, (_, i) => ({ text: `${"é".repeat(i % 7)}𝄞 ${i}`, n: i }));
    expect(await rowsOf("a.jsonl", rows.map((row) => JSON.stringify(row)).join("\n"))).toEqual(rows);
    const csv = `text,n\n${rows.map(({ text, n }) => `"${text}\n",${n}`).join("\n")}`;
    expect(await rowsOf("a.csv", csv)).toEqual(rows.map(({ text, n }) => ({ text: `${text}\n`, n: String(n) })));
  });

  it.each(["snappy", "gzip", "brotli", "zstd"])("of Parquet compressed with %s are as Arrow wrote them", async (codec) => {
    const messages = [
      { role: "user", content: "hi" },
      { role: "assistant", content: "yo" },
    ];
    expect(await allRows(join(golden, `${codec}.parquet`))).toEqual([
      { text: "first", n: 1, messages, ok: true },
      { text: "sécond", n: 2, messages, ok: false },
      { text: null, n: 3, messages, ok: true },
      { text: "fourth", n: 2 ** 40, messages, ok: null },
    ]);
  });

  it.each<[string, string, string | Buffer, RegExp]>([
    ["a line that is no JSON", "a.jsonl", '{"a":1}\n{"a":\n', /a.jsonl: line 2: is not valid JSON/],
    ["a line that is no object", "a.jsonl", '{"a":1}\n\n[1]\n', /a.jsonl: line 3: is \[1\]; expected an object/],
    ["JSON without a list", "a.json", '{"a":1}', /a.json: does not contain a list of rows/],
    ["JSON with two lists", "a.json", '{"a":[],"b":[]}', /a.json: does not contain a list of rows/],
    ["a list entry that is no object", "a.json", '[{"a":1},"b"]', /a.json: row 2: is "b"/],
    ["a CSV line of another length", "a.csv", 'a,b\n"x\ny",1\n1\n', /a.csv: line 4: has 1 fields, but the first line names 2 columns/],
    ["a quote that is never closed", "a.csv", 'a,b\n1,2\n3,"4\n5,6\n', /a.csv: line 3: a quote is never closed/],
    ["text after a closing quote", "a.csv", 'a,b\n"1"x,2\n', /a.csv: line 2: text follows a closing quote/],
    ["two columns of one name", "a.csv", "a,a\n1,2\n", /a.csv: line 1: has the column "a" twice/],
    ["a column without a name", "a.csv", "a,\n1,2\n", /a.csv: line 1: column 2 has no name/],
    ["bytes that are no UTF-8", "a.txt", Buffer.from([0x61, 0xff, 0x0a]), /a.txt: is not UTF-8 text/],
    ["UTF-8 that ends within a character", "a.txt", Buffer.from([0x61, 0xc3]), /a.txt: is not UTF-8 text/],
    ["UTF-16", "a.csv", Buffer.from("\ufeffa,b\n", "utf16le"), /a.csv: is UTF-16; save it as UTF-8/],
    ["what is no Parquet", "a.parquet", "PAR1 nothing", /a.parquet: is not a complete Parquet file/],
  ])("are refused for %s", async (_, name, content, message) => {
    await expect(allRows(written(name, content))).rejects.toThrow(message);
    await expect(allRows(written(name, content))).rejects.toBeInstanceOf(FileError);
  });

  it("of Parquet with a codec that is not read say so", async () => {
    await expect(allRows(join(golden, "lz4.parquet"))).rejects.toThrow(/lz4.parquet: rows 1 to 3 cannot be decoded .*LZ4_RAW/);
  });

  it("of a damaged Parquet file are refused or read, never awaited for ever", async () => {
    const whole = readFileSync(join(golden, "snappy.parquet"));
    const random = seededRandom(3);
    const path = join(temporaryFolder(), "a.parquet");
    for (let round = 0; round < 600; round++) {
      const damaged = Buffer.from(whole);
      damaged[Math.floor(random() * whole.length)] = Math.floor(random() * 256);
      writeFileSync(path, round % 3 === 0 ? whole.subarray(0, Math.floor(random() * whole.length)) : damaged);
      await allRows(path).catch((error) => expect(error).toBeInstanceOf(FileError));
    }
  });
});

describe("a data set", () => {
  it("that is a folder takes the files' names for domains where rows name none", async () => {
    const folder = folderWith({
      "law.jsonl": '{"text":"a"}',
      "art.csv": "text\nb\n",
      "own.jsonl": '{"text":"c","domain":"d"}',
      "LICENSE.txt": "no row",
    });
    const dataSet = openDataSet(folder);
    expect(await collect(dataSet.rows())).toEqual([
      { text: "b", domain: "art" },
      { text: "a", domain: "law" },
      { text: "c", domain: "d" },
    ]);
    expect(dataSet.format).toBe("csv, jsonl");
  });

  it("that is a folder of splits takes the files' names for splits", async () => {
    const folder = folderWith({
      "train-00000-of-00002.jsonl": '{"text":"a"}',
      "validation.jsonl": '{"text":"b"}',
      "law_dev.jsonl": '{"text":"c"}',
      "trainers.jsonl": '{"text":"d"}',
      "validation_mismatched-00000-of-00001.jsonl": '{"text":"e"}',
      "test_matched.jsonl": '{"text":"f"}',
    });
    const rows = await collect(openDataSet(folder).rows());
    expect(rows.map(({ text, split, domain }) => [text, split, domain])).toEqual([
      ["c", "validation", undefined],
      ["f", "test_matched", undefined],
      ["a", "train", undefined],
      ["d", undefined, "trainers"],
      ["b", "validation", undefined],
      ["e", "validation_mismatched", undefined],
    ]);
  });

  it("that is a folder of texts is read as passages", async () => {
    expect(await collect(openDataSet(folderWith({ "a.txt": "x\n\ny" })).rows())).toEqual([
      { text: "x", domain: "a" },
      { text: "y", domain: "a" },
    ]);
  });

  it("is refused for an ending that is not read, an empty folder, or no file at all", () => {
    expect(() => openDataSet(written("a.docx", ""))).toThrow(
      'has the ending ".docx", which is not supported; supported: jsonl, ndjson, json, csv',
    );
    expect(() => openDataSet(written("a.constructor", ""))).toThrow("which is not supported");
    expect(() => openDataSet(folderWith({ "a.md": "" }))).toThrow("contains no data file");
    expect(() => openDataSet("/nowhere/a.jsonl")).toThrow("/nowhere/a.jsonl: no such file or folder");
  });

  it("gives the rows of a page", async () => {
    const dataSet = openDataSet(written("a.jsonl", [0, 1, 2, 3, 4].map((n) => JSON.stringify({ n })).join("\n")));
    expect(await takeRows(dataSet, 1, 2)).toEqual([{ n: 1 }, { n: 2 }]);
    expect(await takeRows(dataSet, 4, 9)).toEqual([{ n: 4 }]);
  });

  it("has the same hash as long as its bytes are the same", async () => {
    const one = await openDataSet(written("a.jsonl", '{"a":1}')).contentHash();
    expect(one).toBe("015abd7f5cc57a2dd94b7590f04ad8084273905ee33ec5cebeae62276a97f862");
    expect(await openDataSet(written("b.jsonl", '{"a":2}')).contentHash()).not.toBe(one);
  });
});

describe("a data set's summary", () => {
  it("counts rows, domains and splits, and shows what columns hold", async () => {
    const rows = Array.from({ length: 250 }, (_, i) => ({
      text: `passage ${i}`,
      domain: i < 150 ? "law" : "art",
      split: i % 5 === 0 ? "validation" : "train",
      meta: { i },
    }));
    const summary = await summariseDataSet(openDataSet(written("a.jsonl", rows.map((row) => JSON.stringify(row)).join("\n"))));
    expect(summary).toEqual({
      rows: 250,
      columns: [
        { name: "text", samples: ["passage 0", "passage 1", "passage 2"], distinct: null },
        { name: "domain", samples: ["law", "art"], distinct: 2 },
        { name: "split", samples: ["validation", "train"], distinct: 2 },
        { name: "meta", samples: ['{"i":0}', '{"i":1}', '{"i":2}'], distinct: null },
      ],
      mapping: { kind: "text", text: "text", domain: "domain", split: "split" },
      domains: [
        { name: "law", rows: 150 },
        { name: "art", rows: 100 },
      ],
      splits: [
        { name: "train", rows: 200 },
        { name: "validation", rows: 50 },
      ],
    });
  });

  it.each([3, 100, 101])("counts each of %i rows once", async (length) => {
    const lines = Array.from({ length }, () => '{"text":"a","domain":"d"}').join("\n");
    const { rows, domains } = await summariseDataSet(openDataSet(written("a.jsonl", lines)));
    expect({ rows, domains }).toEqual({ rows: length, domains: [{ name: "d", rows: length }] });
  });

  it("does not take a column of ever new values for domains", async () => {
    const lines = Array.from({ length: 500 }, (_, i) => JSON.stringify({ text: "a", topic: `t${i}` })).join("\n");
    const { mapping, domains } = await summariseDataSet(openDataSet(written("a.jsonl", lines)));
    expect({ mapping, domains }).toEqual({ mapping: { kind: "text", text: "text" }, domains: [] });
  });

  it("is refused for a data set without rows", async () => {
    await expect(summariseDataSet(openDataSet(written("a.csv", "text,label\n")))).rejects.toThrow("a.csv: holds no rows");
    await expect(summariseDataSet(openDataSet(written("a.jsonl", "")))).rejects.toThrow("a.jsonl: holds no rows");
  });
});

describe.runIf(fixturesFolder)("the corpus", references, () => {
  it("is one data set of nine domains", async () => {
    const summary = await summariseDataSet(openDataSet(join(fixturesFolder ?? "", "corpus")));
    expect(summary.rows).toBe(21315);
    expect(summary.domains).toHaveLength(9);
    expect(summary.mapping).toEqual({ kind: "text", text: "text", domain: "domain", split: "split" });
    expect(summary.splits).toEqual([
      { name: "train", rows: 17670 },
      { name: "validation", rows: 3645 },
    ]);
  });
});

async function allRows(path: string): Promise<DataRow[]> {
  return collect(openDataSet(path).rows());
}

async function rowsOf(name: string, content: string): Promise<DataRow[]> {
  return allRows(written(name, content));
}

async function collect(rows: AsyncIterable<DataRow>): Promise<DataRow[]> {
  const all: DataRow[] = [];
  for await (const row of rows) all.push(row);
  return all;
}

function written(name: string, content: string | Buffer): string {
  const path = join(temporaryFolder(), name);
  writeFileSync(path, content);
  return path;
}

function folderWith(files: Record<string, string>): string {
  const folder = join(temporaryFolder(), "data");
  mkdirSync(folder);
  for (const [name, content] of Object.entries(files)) writeFileSync(join(folder, name), content);
  return folder;
}
