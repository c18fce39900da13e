import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { addBenchmarkRequest, itemQuery } from "@/lib/contract/benchmark";
import { comparedItemQuery, scorecardQuery } from "@/lib/contract/comparison";
import { readDataSet } from "@/server/db/library/data-sets";
import { addBenchmark, getBenchmarkDetail } from "@/server/services/benchmarks/benchmarks";
import { itemTable, listItems } from "@/server/services/benchmarks/items";
import { measureRuns } from "@/server/services/benchmarks/measure";
import { compareItems } from "@/server/services/comparison/compared-items";
import { compareScores } from "@/server/services/comparison/scorecard";
import { importRedRun, redData } from "@/tests/support/red-patches";
import { redPictures } from "@/tests/support/red-pictures";
import { freshContext } from "@/tests/support/service-context";
import { storedDataSet } from "@/tests/support/stored-data-set";
import { eventually, startWorker } from "@/tests/support/worker-process";

const context = await freshContext();
const { store, dataFolder } = context;

it("measures the held-out images of two runs, row by row beside a constant prediction", async () => {
  const data = await redData(context);
  const [seeing, blind] = [await importRedRun(context, { data }), await importRedRun(context, { data, isBlind: true })];
  const runs = `${seeing},${blind}`;
  const scores = () => compareScores(context, scorecardQuery.parse({ runs }));
  const { suggested } = await scores();
  expect(suggested.map(({ purpose }) => purpose)).toEqual(["heldOut"]);
  const benchmark = await addBenchmark(context, addBenchmarkRequest.parse(suggested[0]?.request));
  await startWorker(store.url, dataFolder);
  await measureRuns(context, { runs: [seeing, blind], benchmarks: [benchmark.id] });
  const results = await eventually("both are measured", async () => {
    const { results } = await getBenchmarkDetail(context, benchmark.id);
    const failed = results.find(({ task }) => task?.status === "failed");
    if (failed !== undefined) throw new Error(failed.task?.error ?? "failed");
    return results.filter(({ score }) => score !== null).length === 2 ? results : undefined;
  });

  const place = { benchmarkId: benchmark.id, runId: seeing };
  const { items } = await listItems(context, place, itemQuery.parse({ sort: "row" }));
  expect(items).toHaveLength(4);
  for (const { row, text, reference, domain, adapter } of items) {
    const picture = redPictures[row];
    const label = picture?.name.split("/")[0];
    expect({ text, reference, domain, adapter }).toMatchObject({
      ...{ text: picture?.name, reference: label, domain: picture?.style },
      adapter: { answer: label, isRight: true },
    });
  }
  const reds = items.filter(({ reference }) => reference === "red").length;
  const accuracyOf = (id: string) => results.find(({ run }) => run.id === id)?.score?.metrics[0];
  expect(accuracyOf(seeing)).toMatchObject({ name: "accuracy", adapter: 1 });
  expect(accuracyOf(blind)).toMatchObject({ name: "accuracy", adapter: 1 - reds / 4 });
  const { lines, missing, suggested: more } = await scores();
  expect([missing, more]).toEqual([[], []]);
  expect(lines.find(({ label }) => label === "accuracy")).toMatchObject({ basis: "rows", rows: 4, difference: { value: reds / 4 } });
  const compared = await compareItems(context, comparedItemQuery.parse({ runs, benchmark: benchmark.id, show: "firstOnly" }));
  expect(compared.items.map(({ reference }) => reference)).toEqual(new Array(reds).fill("red"));
  let table = "";
  for await (const part of await itemTable(context, place)) table += part;
  expect(table).toContain(redPictures[items[0]?.row ?? 0]?.name);
});

it("is refused where the rows are not what the run reads", async () => {
  const data = await redData(context);
  const run = await importRedRun(context, { data });
  const path = join(dataFolder, "films.jsonl");
  writeFileSync(
    path,
    Array.from({ length: 8 }, (_, row) => JSON.stringify({ text: `film ${row}`, label: row % 2 ? "red" : "plain" })).join("\n"),
  );
  const films = await storedDataSet(context, path);
  const mapping = { kind: "labelled", text: "text", label: "label" };
  const request = { name: "films", task: { kind: "classification" }, rows: { dataSetId: films.id, mapping, part: { kind: "all" } } };
  const { id } = await addBenchmark(context, addBenchmarkRequest.parse(request));
  await expect(measureRuns(context, { runs: [run], benchmarks: [id] })).rejects.toMatchObject({
    code: "invalid",
    message: expect.stringContaining("reads images, and the rows of films are texts"),
  });
});

it("does not measure images that have changed since the benchmark was made", async () => {
  const data = await redData(context);
  const [one, other] = [await importRedRun(context, { data }), await importRedRun(context, { data, isBlind: true })];
  const { suggested } = await compareScores(context, scorecardQuery.parse({ runs: `${one},${other}` }));
  const benchmark = await addBenchmark(context, addBenchmarkRequest.parse(suggested[0]?.request));
  const folder = (await readDataSet(store.db, data.dataSetId ?? ""))?.path ?? "";
  // Of the same name and size.
  for (const { name } of redPictures) {
    const bytes = readFileSync(join(folder, name));
    bytes.writeUInt8(bytes.readUInt8(bytes.length - 1) ^ 1, bytes.length - 1);
    writeFileSync(join(folder, name), bytes);
  }
  await startWorker(store.url, dataFolder);
  await measureRuns(context, { runs: [one], benchmarks: [benchmark.id] });
  const error = await eventually("the job fails", async () => {
    const { results } = await getBenchmarkDetail(context, benchmark.id);
    return results.find(({ task }) => task?.status === "failed")?.task?.error ?? undefined;
  });
  expect(error).toContain("has changed since the benchmark was made");
});
