import { expect, it } from "vitest";
import type { DataSet } from "@/server/files/data/data-set";
import { readRows } from "@/server/runtime/rows/read-rows";

it("rows that are no longer there are named, however many were wanted", async () => {
  const dataSet = { path: "/data/notes.jsonl", async *rows() {} } as unknown as DataSet;
  const wanted = Int32Array.from({ length: 200_000 }, (_, row) => row);
  const reading = readRows(dataSet, wanted, { columns: [], make: (_columns, row) => row }, new AbortController().signal);
  await expect(reading).rejects.toThrow("row 199999 was read before");
});
