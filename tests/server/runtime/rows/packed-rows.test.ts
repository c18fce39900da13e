import { expect, it } from "vitest";
import { runConfig } from "@/lib/contract/run-config";
import type { DataSet } from "@/server/files/data/data-set";
import { type DataSetData, type RowSource, readTrainingRows } from "@/server/runtime/rows/row-source";

/** A data set of rows of three tokens, and which of them were read. */
async function readRowsOf(numRows: number, training: { steps: number; packing?: boolean }) {
  const read: number[] = [];
  const source: RowSource<{ ids: Int32Array }> = {
    tokenised: () => [],
    async texts(_, wanted) {
      read.push(...wanted);
      return Array.from(wanted, (row) => ({ ids: Int32Array.of(row, row, row) }));
    },
  };
  const { data, training: settings } = runConfig.parse({
    model: "m",
    data: { kind: "dataSet", mapping: { kind: "text", text: "text" } },
    adapter: { method: "lora", rank: 1, alpha: 1, targets: { modules: ["q"], layers: null } },
    training: { batchRows: 2, maxTokens: 30, learningRate: 1, shuffle: false, ...training },
  });
  const plan = { train: Int32Array.from({ length: numRows }, (_, row) => row), validation: Int32Array.of(1000, 1001) };
  const dataSet = { contentHash: async () => "0" } as unknown as DataSet;
  const planned = { dataSet, plan: plan as Parameters<typeof readTrainingRows>[2]["plan"] };
  const rows = await readTrainingRows(source, { data: data as DataSetData, training: settings }, planned, new AbortController().signal);
  return { read, train: rows.train.map(({ ids }) => ids[0]), validation: rows.validation.map(({ ids }) => ids[0]) };
}

it("of a large data set only the rows are read that the steps come to", async () => {
  const { read, train, validation } = await readRowsOf(500, { steps: 3 });
  expect(train).toEqual([0, 1, 2, 3, 4, 5]);
  expect(validation).toEqual([1000, 1001]);
  expect(read).toHaveLength(8);
});

it("with packing as many more are read as fill the steps, each once", async () => {
  // Twenty rows fill a step; a tenth more than are needed may be read.
  const { read, train } = await readRowsOf(500, { steps: 3, packing: true });
  expect(train.length).toBeGreaterThanOrEqual(60);
  expect(train.length).toBeLessThan(100);
  expect(train).toEqual(train.map((_, row) => row));
  expect(new Set(read).size).toBe(read.length);
});

it("with packing all rows are read where they do not fill the steps", async () => {
  expect((await readRowsOf(50, { steps: 3, packing: true })).train).toHaveLength(50);
});
