import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { startCollectionRequest } from "@/lib/contract/api";
import { addBenchmarkRequest } from "@/lib/contract/benchmark";
import { importRunRequest } from "@/lib/contract/import-run";
import { latentQuery } from "@/lib/contract/latent";
import { loraConfig } from "@/lib/contract/methods/lora/settings";
import { readTextRequest, type TextEvent } from "@/lib/contract/read-text";
import { listCollections } from "@/server/db/latents/collections";
import { upsertDataSet } from "@/server/db/library/data-sets";
import { upsertModel } from "@/server/db/library/models";
import { toAdapterConfigFile } from "@/server/files/adapters/adapter-config";
import { writeAdapter } from "@/server/files/adapters/adapter-folder";
import { openDataSet } from "@/server/files/data/data-set";
import { summariseDataSet } from "@/server/files/data/data-set-summary";
import { describeModel } from "@/server/runtime/models/describe-model";
import { addBenchmark, getBenchmarkDetail } from "@/server/services/benchmarks/benchmarks";
import { measureRuns } from "@/server/services/benchmarks/measure";
import { compareRuns } from "@/server/services/comparison/compare";
import { openContext, type ServiceContext } from "@/server/services/context";
import { listLatents } from "@/server/services/latents/list-latents";
import { startCollection } from "@/server/services/latents/start-collection";
import { exportAdapter } from "@/server/services/runs/export-adapter";
import { importRun } from "@/server/services/runs/import-run";
import { readText } from "@/server/services/work/read-text";
import { freshDatabase } from "@/tests/support/database";
import { modelsFolder, references } from "@/tests/support/fixtures";
import { seededRandom } from "@/tests/support/seeded-random";
import { temporaryFolder } from "@/tests/support/temporary-folder";
import { eventually, startWorker } from "@/tests/support/worker-process";

const store = await freshDatabase();
const labels = ["bad", "good"];
const mapping = { kind: "labelled" as const, text: "text", label: "label" };

type SavedTensor = { readonly shape: readonly number[]; readonly data: Float32Array };

/** LoRA of random matrices over the sentence encoder, with a random head for two classes, as if it came from elsewhere. */
function layAdapter(folder: string, seed: number): void {
  const random = seededRandom(seed);
  const values = (length: number, size: number) => Float32Array.from({ length }, () => size * (random() - 0.5));
  const matrix = (rows: number, columns: number, size = 0.4) => ({ shape: [rows, columns] as const, data: values(rows * columns, size) });
  const settings = loraConfig.parse({ method: "lora", rank: 3, alpha: 3, targets: { modules: ["value"], layers: [2] } });
  const about = { baseModel: "someone/encoder", revision: null, fanInFanOut: false, modulesToSave: ["classifier", "score"] };
  writeAdapter(folder, {
    config: toAdapterConfigFile(settings, about),
    tensors: new Map([["bert.encoder.layer.2.attention.self.value", { A: matrix(3, 384), B: matrix(384, 3) }]]),
    savedTensors: new Map<string, SavedTensor>([
      ["classifier.weight", matrix(2, 384, 2)],
      ["classifier.bias", { shape: [2], data: Float32Array.of(0, 0) }],
    ]),
  });
}

async function addRows(context: ServiceContext, path: string): Promise<void> {
  const rowOf = (row: number) => ({
    text: `Film ${row} is ${row % 3 === 0 ? "lovely" : "dull"}, they say.`,
    label: labels[row % 3 === 0 ? 1 : 0],
  });
  writeFileSync(path, Array.from({ length: 40 }, (_, row) => JSON.stringify(rowOf(row))).join("\n"));
  const dataSet = openDataSet(path);
  const { format, sizeBytes } = dataSet;
  const summary = await summariseDataSet(dataSet);
  await upsertDataSet(context.store.db, { id: "films", name: "films", path, format, sizeBytes, licence: null, ...summary });
}

describe.runIf(modelsFolder)("a classifier that was trained elsewhere", references, () => {
  test("is collected, read on a text, measured on labels and compared, as a trained one is", async () => {
    const data = temporaryFolder();
    const context = openContext({ DATABASE_URL: store.url, STANSCOPE_HOME: data });
    const described = describeModel(join(modelsFolder ?? "", "all-minilm-l6-v2"));
    await upsertModel(store.db, { id: "encoder", name: "encoder", revision: "test", ...described });
    await addRows(context, join(data, "films.jsonl"));
    const take = (seed: number) => {
      layAdapter(join(data, `elsewhere-${seed}`), seed);
      const use = { kind: "dataSet", dataSetId: "films", mapping, validationRows: 6 };
      return importRun(context, importRunRequest.parse({ path: join(data, `elsewhere-${seed}`), labels, data: use }));
    };
    const [run, other] = [await take(7), await take(8)];
    await startWorker(store.url, data);
    try {
      await startCollection(context, run.id, startCollectionRequest.parse({ maxTokens: 400 }));
      const collection = await eventually("the collection is finished", async () => {
        const [summary] = await listCollections(store.db, run.id);
        if (summary?.status === "failed") throw new Error(summary.error ?? "failed");
        return summary?.status === "finished" ? summary : undefined;
      });
      expect((await listLatents(context, latentQuery.parse({ collectionId: collection.id }))).total).toBe(3);

      const events: TextEvent[] = [];
      const request = readTextRequest.parse({ text: "A lovely film." });
      for await (const event of await readText(context, run.id, request, new AbortController().signal)) events.push(event);
      expect(events.map(({ kind }) => kind)).toEqual(["tokens", "module", "end"]);
      const [tokens] = events;
      const classes = tokens?.kind === "tokens" && tokens.answer?.kind === "classes" ? tokens.answer.classes : [];
      expect(classes.map(({ label }) => label)).toEqual(labels);
      expect(classes.reduce((sum, { probability }) => sum + probability, 0)).toBeCloseTo(1, 6);

      const rows = { dataSetId: "films", mapping, part: { kind: "all" } };
      const benchmark = await addBenchmark(context, addBenchmarkRequest.parse({ name: "films", rows, task: { kind: "classification" } }));
      await measureRuns(context, { runs: [run.id, other.id], benchmarks: [benchmark.id] });
      const results = await eventually("both are measured", async () => {
        const found = (await getBenchmarkDetail(context, benchmark.id)).results;
        const failed = found.find(({ task }) => task?.status === "failed");
        if (failed !== undefined) throw new Error(failed.task?.error ?? "failed");
        return found.filter(({ score }) => score !== null).length === 2 ? found : undefined;
      });
      for (const { score } of results) {
        // Nobody knows whether it was trained on these rows.
        expect(score).toMatchObject({ rows: 40, trainedRows: null });
        expect(score?.metrics[0]).toMatchObject({ name: "accuracy", adapter: expect.any(Number) });
      }
      const exported: Uint8Array[] = [];
      for await (const part of (await exportAdapter(context, run.id)).archive) exported.push(part);
      expect(Buffer.concat(exported).toString()).toMatch(/## Benchmarks\n\n\|.*\n\|.*\n\| films \(films\) \| 40 \| accuracy \|/);

      const comparison = await compareRuns(context, { runs: `${run.id},${other.id}` });
      expect(comparison.sides.map(({ task }) => task)).toEqual(["classification", "classification"]);
    } finally {
      await context.store.close();
    }
  });
});
