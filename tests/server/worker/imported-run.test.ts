import { writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { expect, test } from "vitest";
import { startCollectionRequest } from "@/lib/contract/api";
import { type GenerateEvent, generateRequest } from "@/lib/contract/generate";
import { importRunRequest } from "@/lib/contract/import-run";
import { latentQuery } from "@/lib/contract/latent";
import { latentConfig } from "@/lib/contract/run-config";
import { startStudyRequest } from "@/lib/contract/study";
import { listCollections, readCollection } from "@/server/db/latents/collections";
import { readTokenIds } from "@/server/db/latents/latents";
import { upsertDataSet } from "@/server/db/library/data-sets";
import { upsertModel } from "@/server/db/library/models";
import { toAdapterConfigFile } from "@/server/files/adapters/adapter-config";
import { writeAdapter } from "@/server/files/adapters/adapter-folder";
import { openDataSet } from "@/server/files/data/data-set";
import { summariseDataSet } from "@/server/files/data/data-set-summary";
import { describeModel } from "@/server/runtime/models/describe-model";
import { openContext, type ServiceContext } from "@/server/services/context";
import { listLatents } from "@/server/services/latents/list-latents";
import { startCollection } from "@/server/services/latents/start-collection";
import { importRun } from "@/server/services/runs/import-run";
import { getStudy, startStudy } from "@/server/services/steering/studies";
import { generate } from "@/server/services/work/generate";
import { freshDatabase } from "@/tests/support/database";
import { seededRandom } from "@/tests/support/seeded-random";
import { temporaryFolder } from "@/tests/support/temporary-folder";
import { eventually, startWorker } from "@/tests/support/worker-process";

const store = await freshDatabase();
const module = "model.layers.1.self_attn.v_proj";

/** An adapter of random matrices over the demonstration's model, as if it came from elsewhere. */
function layAdapter(folder: string): void {
  const random = seededRandom(7);
  const { dIn, dOut } = describeModel(resolve("demo/model")).projections.find(({ name }) => name === "v_proj") ?? { dIn: 0, dOut: 0 };
  const matrix = (rows: number, columns: number) => ({
    shape: [rows, columns] as const,
    data: Float32Array.from({ length: rows * columns }, () => random() - 0.5),
  });
  const settings = latentConfig.parse({ method: "stan", numLatents: 7, k: 2, targets: { modules: ["v_proj"], layers: [1] } });
  const config = toAdapterConfigFile(settings, { baseModel: "someone/small", revision: null, fanInFanOut: false });
  writeAdapter(folder, { config, tensors: new Map([[module, { E: matrix(7, dIn), D: matrix(dOut, 7) }]]) });
}

async function addRows(context: ServiceContext, path: string): Promise<void> {
  const lines = Array.from({ length: 40 }, (_, row) =>
    JSON.stringify({ text: `Line ${row} of the text says ${row * 13} again.`, other: `And here ${row} is another text for line ${row}.` }),
  );
  writeFileSync(path, lines.join("\n"));
  const dataSet = openDataSet(path);
  const { format, sizeBytes } = dataSet;
  await upsertDataSet(context.store.db, {
    id: "rows",
    name: "rows",
    path,
    format,
    sizeBytes,
    licence: null,
    ...(await summariseDataSet(dataSet)),
  });
}

test("an imported run is collected, generates with edits and is studied, as a trained one is", async () => {
  const data = temporaryFolder();
  const context = openContext({ DATABASE_URL: store.url, STANSCOPE_HOME: data });
  await upsertModel(store.db, { id: "small", name: "small", revision: "test", ...describeModel(resolve("demo/model")) });
  layAdapter(join(data, "elsewhere"));
  await addRows(context, join(data, "rows.jsonl"));
  const take = (more: object) => importRun(context, importRunRequest.parse({ path: join(data, "elsewhere"), ...more }));
  const mapping = { kind: "text", text: "text" };
  const withData = await take({ data: { kind: "dataSet", dataSetId: "rows", mapping, validationRows: 6 } });
  const without = await take({});
  await startWorker(store.url, data);
  try {
    const settings = startCollectionRequest.parse({ maxTokens: 400 });
    await startCollection(context, withData.id, settings);
    await startCollection(context, without.id, { ...settings, dataSetId: "rows" });
    const short = startCollectionRequest.parse({ maxTokens: 150, mapping: { kind: "text", text: "other" }, rowTokens: 5 });
    const other = await startCollection(context, withData.id, short);
    const collected = await eventually("both collections are finished", async () => {
      const all = [...(await listCollections(store.db, withData.id)), ...(await listCollections(store.db, without.id))];
      const failed = all.find(({ status }) => status === "failed");
      if (failed !== undefined) throw new Error(failed.error ?? "failed");
      return all.every(({ status }) => status === "finished") ? all : undefined;
    });
    const shortened = await readCollection(store.db, other.id);
    const texts = shortened === undefined ? [] : await readTokenIds(store, shortened);
    expect(new Set(texts.map(({ length }) => length))).toEqual(new Set([5]));
    for (const { id, tokens } of collected) {
      expect(tokens).toBeGreaterThan(id === other.id ? 149 : 399);
      expect((await listLatents(context, latentQuery.parse({ collectionId: id }))).total).toBe(7);
    }

    const edits = [{ operation: "clamp", latent: { module, index: 3 }, value: 300 }];
    const request = generateRequest.parse({ prompt: "In the beginning", edits, sampling: { maxTokens: 9 } });
    const events: GenerateEvent[] = [];
    for await (const event of await generate(context, withData.id, request, new AbortController().signal)) events.push(event);
    const textOf = (arm: string) => events.flatMap((event) => (event.kind === "armEnd" && event.arm === arm ? [event.text] : []))[0];
    expect(textOf("adapter")).not.toBe(textOf("edited"));
    expect(events.at(-1)?.kind).toBe("end");

    const study = startStudyRequest.parse({ study: { kind: "evaluation", edits, heldOutRows: 4 } });
    const { id } = await startStudy(context, withData.id, study);
    const { result } = await eventually("the study is done", async () => {
      const detail = await getStudy(context, id);
      if (detail.task?.status === "failed") throw new Error(detail.task.error ?? "failed");
      return detail.task?.status === "finished" ? detail : undefined;
    });
    // Nobody knows whether it was trained on these rows.
    expect(result).toMatchObject({ kind: "evaluation", isHeldOut: false });
  } finally {
    await context.store.close();
  }
});

test("a collection of a run that was imported without data is refused with what to choose", async () => {
  const data = temporaryFolder();
  const context = openContext({ DATABASE_URL: store.url, STANSCOPE_HOME: data });
  await upsertModel(store.db, { id: "small", name: "small", revision: "test", ...describeModel(resolve("demo/model")) });
  layAdapter(join(data, "elsewhere"));
  try {
    const run = await importRun(context, importRunRequest.parse({ path: join(data, "elsewhere") }));
    const started = startCollection(context, run.id, startCollectionRequest.parse({}));
    await expect(started).rejects.toMatchObject({
      field: "dataSetId",
      message: expect.stringMatching(/imported without data: choose a dataset/),
    });
  } finally {
    await context.store.close();
  }
});
