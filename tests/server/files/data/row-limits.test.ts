import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { openDataSet, takeRows } from "@/server/files/data/data-set";
import { rowLimits } from "@/server/files/data/row-limits";
import { FileError } from "@/server/files/file-error";
import { temporaryFolder } from "@/tests/support/temporary-folder";

const tooLong = "x".repeat(rowLimits.characters + 100_000);
const tooDeep = (depth: number) => `${"[".repeat(depth)}${"]".repeat(depth)}`;
const tooMany = Array.from({ length: rowLimits.columns + 1 }, (_, column) => `c${column}`);

describe("a row beyond the limits is refused, with place and limit", () => {
  it.each<[string, string, string, RegExp]>([
    ["a CSV field", "a.csv", `a,b\n1,2\n3,"${tooLong}"\n`, /line 3: is longer than 16777216 characters/],
    ["a CSV field that no quote closes", "a.csv", `a\n"${tooLong}\n${tooLong}`, /line 2: is longer than 16777216 characters/],
    ["a CSV line of nothing but commas", "a.csv", ",".repeat(10_000_000), /line 1: has more than 2000 columns/],
    ["a line of JSONL", "a.jsonl", `{"a":1}\n{"a":"${tooLong}"}`, /line 2: is longer than 16777216 characters/],
    ["a row of JSON", "a.json", `[{"a":1},{"a":"${tooLong}"}]`, /row 2: is longer than 16777216 characters/],
    ["what stands beside the rows of JSON", "a.json", `{"info":"${tooLong}","data":[{"a":1}]}`, /row 1: is longer than 16777216 char/],
    ["a passage", "a.txt", `a\n\n${"line\n".repeat(4_000_000)}`, /the passage up to line \d+: is longer than 16777216 characters/],
    ["the columns of JSONL", "a.jsonl", JSON.stringify(Object.fromEntries(tooMany.map((name) => [name, 1]))), /line 1: has more than 2000/],
    ["the depth of JSONL", "a.jsonl", `{"a":1}\n{"a":${tooDeep(rowLimits.depth)}}`, /line 2: nests more than 100 lists and objects/],
    ["the depth of JSON", "a.json", "[".repeat(20_000_000), /row 1: nests more than 100 lists and objects/],
  ])("%s", async (_, name, content, message) => {
    const reading = readAll(written(name, content));
    await expect(reading).rejects.toThrow(message);
    await expect(reading).rejects.toMatchObject({ code: "tooLarge" });
  });

  it("and one just within them is read", async () => {
    const value = JSON.parse(tooDeep(rowLimits.depth - 1));
    expect(await readAll(written("a.jsonl", `{"a":${tooDeep(rowLimits.depth - 1)},"b":"[[{\\"["}`))).toEqual([{ a: value, b: '[[{"[' }]);
    expect(await readAll(written("a.json", `[{"a":${tooDeep(rowLimits.depth - 2)}}]`))).toHaveLength(1);
  });
});

describe("JSON", () => {
  it("gives its rows while it is read: those before the place where it is cut off come first", async () => {
    const rows = Array.from({ length: 30_000 }, (_, n) => JSON.stringify({ n, text: "a \\u0041 \u00fc \ud834\udd1e" })).join(",");
    const path = written("a.json", `{"version": 1, "data": [${rows}`);
    let read = 0;
    const all = async () => {
      for await (const row of openDataSet(path).rows()) expect(row["n"]).toBe(read++);
    };
    await expect(all()).rejects.toThrow(/a.json: row 30001: is not valid JSON/);
    expect(read).toBe(30_000);
  });

  it.each([
    ["trailing text", '[{"a":1}] x', /is not valid JSON/],
    ["a bare word", "rows", /is not valid JSON/],
    ["a bare number", "1", /does not contain a list of rows/],
    ["nothing", "", /is not valid JSON/],
    ["two lists with rows", '{"a":[{"x":1}],"b":[{"x":1}]}', /does not contain a list of rows/],
  ])("with %s is refused", async (_, content, message) => {
    await expect(readAll(written("a.json", content))).rejects.toThrow(message);
    await expect(readAll(written("a.json", content))).rejects.toBeInstanceOf(FileError);
  });

  it("may hold an empty list, and no key of a row reaches its prototype", async () => {
    expect(await readAll(written("a.json", "[]"))).toEqual([]);
    const [row] = await readAll(written("a.json", '[{"__proto__":{"polluted":1}}]'));
    expect(Object.keys(row ?? {})).toEqual(["__proto__"]);
  });
});

it("a page of rows reads no more of a file than it may", async () => {
  const path = written("a.csv", `a\n${"1234567\n".repeat(200_000)}`);
  expect(await takeRows(openDataSet(path), 0, 2, { mostBytes: 400_000 })).toHaveLength(2);
  await expect(takeRows(openDataSet(path), 150_000, 2, { mostBytes: 400_000 })).rejects.toThrow(/row 150001 is more than 400000 bytes in/);
});

async function readAll(path: string): Promise<Record<string, unknown>[]> {
  const rows: Record<string, unknown>[] = [];
  for await (const row of openDataSet(path).rows()) rows.push(row);
  return rows;
}

function written(name: string, content: string): string {
  const path = join(temporaryFolder(), name);
  writeFileSync(path, content);
  return path;
}
