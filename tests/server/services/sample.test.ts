import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, afterEach, describe, expect, it, vi } from "vitest";
import { corpusFolder, smallModelFolder } from "@/demo/configuration";
import { latentQuery } from "@/lib/contract/latent";
import { collectionSettings } from "@/lib/contract/run-config";
import { sample as sampleSchema } from "@/lib/contract/sample";
import { workQuery } from "@/lib/contract/work";
import { latentToShow } from "@/scripts/sample/choose-latent";
import { saveEffects } from "@/server/db/labels/effects";
import { createCollection, listCollections } from "@/server/db/latents/collections";
import { findDataSetByPath } from "@/server/db/library/data-sets";
import { listModels } from "@/server/db/library/models";
import { newId } from "@/server/db/new-id";
import { appendEvaluation, appendLog, appendMetrics } from "@/server/db/runs/run-progress";
import { setRunStatus } from "@/server/db/runs/runs";
import { describeModel, hashModel } from "@/server/runtime/models/describe-model";
import type { ServiceContext } from "@/server/services/context";
import { getLatent } from "@/server/services/latents/get-latent";
import { listLatents } from "@/server/services/latents/list-latents";
import { removeCollection } from "@/server/services/latents/remove-collection";
import { deleteRun } from "@/server/services/runs/delete-run";
import { getRun } from "@/server/services/runs/get-run";
import { listRuns } from "@/server/services/runs/list-runs";
import { getSample } from "@/server/services/sample/get-sample";
import { openSample } from "@/server/services/sample/open-sample";
import { packSample } from "@/server/services/sample/pack-sample";
import type { SamplePlaces } from "@/server/services/sample/sample-manifest";
import { listWork } from "@/server/services/work/list-work";
import { freshContext } from "@/tests/support/service-context";
import { storeAdapter } from "@/tests/support/stored-adapter";
import { describedData, latentInput, storedCollection } from "@/tests/support/stored-collection";
import { storedModel } from "@/tests/support/stored-model";

const effect = {
  operation: "ablatePost" as const,
  delta: 0.25,
  halfWidth: 0.125,
  perFiring: 0.5,
  perFiringHalfWidth: 0.25,
  rows: 40,
  labelTokens: 100,
  firings: 40,
  byDomain: [],
  controls: [],
  writes: null,
};

const here = await freshContext();
const there = await freshContext();
const scratch = mkdtempSync(join(tmpdir(), "stanscope-sample-"));
const places: SamplePlaces = { sample: join(scratch, "sample"), model: "/elsewhere/model", corpus: "/elsewhere/corpus" };
const { runId, collectionId } = await packed();

afterAll(() => rmSync(scratch, { recursive: true, force: true }));
afterEach(async () => {
  for (const { id } of (await listRuns(there)).runs) await deleteRun(there, id);
});

/** A small finished run with its statistics, packed. */
async function packed() {
  const context = here;
  const { store } = context;
  await storedModel(context);
  await describedData(store);
  const latents = [latentInput(0, 0, 40), latentInput(0, 1, 0), latentInput(1, 3, 70, "caf")];
  const { id, runId } = await storedCollection(store, latents);
  storeAdapter(context, runId);
  const step = { gradNorm: 1, learningRate: 0.01, labelTokens: 9, seconds: 0.5 };
  await appendMetrics(store.db, runId, [
    { step: 1, loss: 2, tokens: 10, ...step },
    { step: 2, loss: 1.5, tokens: 20, ...step },
  ]);
  const rows = [{ lossSum: 3, labelTokens: 2 }];
  const evaluation = {
    step: 2,
    loss: 1.5,
    baseLoss: 2,
    rows: 1,
    labelTokens: 2,
    difference: -0.5,
    differenceHalfWidth: null,
    byDomain: [],
  };
  await appendEvaluation(store.db, runId, evaluation, rows);
  await appendLog(store.db, runId, { step: 2, level: "info", message: "done" });
  await saveEffects(store.db, id, { module: 1, index: 3 }, [effect]);
  await setRunStatus(store.db, runId, "running");
  await setRunStatus(store.db, runId, "finished");
  const latent = { module: "layers.1.v_proj", index: 3 };
  const steering = {
    prompt: "the",
    edit: { operation: "scale" as const, latent, value: 3, isOn: true, scope: "all" as const },
    texts: { base: "a", adapter: "b", edited: "c" },
  };
  await packSample(context, runId, places.sample, { latent, steering });
  return { runId, collectionId: id };
}

type Columns = Readonly<Record<string, readonly string[]>>;

/** A copy of the packed sample, with other columns in what it says of its tables. */
function copyWithColumns(change: (columns: Columns) => unknown): SamplePlaces {
  const sample = mkdtempSync(join(scratch, "changed-"));
  cpSync(places.sample, sample, { recursive: true });
  const path = join(sample, "sample.json");
  const manifest = JSON.parse(readFileSync(path, "utf8"));
  writeFileSync(path, JSON.stringify({ ...manifest, columns: change(manifest.columns) }));
  return { ...places, sample };
}

const tableOf = (context: ServiceContext, collectionId: string) =>
  listLatents(context, latentQuery.parse({ collectionId, sort: "readingOrder" }));

describe("a run that is packed as the sample", () => {
  it("opens elsewhere with its curve, its table, its latents and their measured effects, and is marked", async () => {
    const opened = await openSample(there, places);
    expect(opened).toMatchObject({ name: "Sample: a run", status: "finished", isSample: true, isImported: false, isResumable: false });
    const original = await getRun(here, runId);
    const detail = await getRun(there, opened.id);
    for (const part of ["metrics", "evaluations", "health"] as const) expect(detail[part]).toEqual(original[part]);
    expect(detail.log.map(({ message }) => message)).toEqual(["done"]);
    expect(detail.config).toMatchObject({ model: opened.modelId, data: { path: "/elsewhere/corpus" }, adapter: original.config.adapter });
    const collection = opened.collection?.id ?? "";
    const table = await tableOf(there, collection);
    expect(table).toEqual(await tableOf(here, collectionId));
    expect(table.rows[0]).toMatchObject({ index: 3, ablation: { perFiring: 0.5 } });
    for (const row of table.rows) {
      const latent = { module: row.module, index: row.index };
      const query = (id: string) => latentQuery.parse({ collectionId: id });
      expect(await getLatent(there, latent, query(collection))).toEqual(await getLatent(here, latent, query(collectionId)));
    }
    const adapter = (context: ServiceContext, id: string) =>
      readFileSync(context.artefacts.path(`runs/${id}/adapter/adapter_model.safetensors`));
    expect(adapter(there, opened.id)).toEqual(adapter(here, runId));
  });

  it("names no run or collection of the machine that it was packed on", () => {
    for (const name of ["sample.json", "latent.json"]) {
      const text = readFileSync(join(places.sample, name), "utf8");
      expect(text).not.toContain(runId);
      expect(text).not.toContain(collectionId);
    }
  });

  it("opens once, however often and from however many pages it is asked for", async () => {
    const opened = await Promise.all([openSample(there, places), openSample(there, places), openSample(there, places)]);
    expect(new Set(opened.map(({ id }) => id)).size).toBe(1);
    expect((await openSample(there, places)).id).toBe(opened[0]?.id);
    expect((await listRuns(there)).runs).toHaveLength(1);
    expect(readdirSync(there.artefacts.path("runs"))).toEqual([opened[0]?.id]);
    expect(await listModels(there.store.db)).toMatchObject([{ name: "tiny llama", path: "/elsewhere/model" }]);
  });

  it("is removed like any run, opens again, and is never listed among the work that was done here", async () => {
    const first = await openSample(there, places);
    expect((await listWork(there, workQuery.parse({}))).work).toEqual([]);
    await deleteRun(there, first.id);
    expect((await listRuns(there)).runs).toEqual([]);
    expect(existsSync(there.artefacts.path(`runs/${first.id}`))).toBe(false);
    const again = await openSample(there, places);
    expect(again.id).not.toBe(first.id);
    expect((await tableOf(there, again.collection?.id ?? "")).total).toBe(3);
  });

  it("keeps the statistics that came with it, and lets those go that were collected later", async () => {
    const { id, collection } = await openSample(there, places);
    const shipped = collection?.id ?? "";
    const later = newId();
    await createCollection(there.store.db, {
      id: later,
      runId: id,
      name: "later",
      step: 2,
      settings: collectionSettings.parse({ maxTokens: 9 }),
    });
    await expect(removeCollection(there, shipped)).rejects.toMatchObject({
      code: "conflict",
      message: "These statistics are part of the sample. Remove the sample itself; it can be opened again.",
    });
    await removeCollection(there, later);
    expect((await listCollections(there.store.db, id)).map((one) => one.id)).toEqual([shipped]);
  });

  it("does not open when one of its files is damaged, and leaves nothing", async () => {
    const sample = join(scratch, "damaged");
    cpSync(places.sample, sample, { recursive: true });
    const path = join(sample, "tables", "latents.br");
    writeFileSync(path, "no brotli");
    await expect(openSample(there, { ...places, sample })).rejects.toMatchObject({
      code: "invalid",
      message: `${path}: is damaged: restore it from the repository`,
    });
    expect((await listRuns(there)).runs).toEqual([]);
    expect(readdirSync(there.artefacts.path("runs"))).toEqual([]);
  });

  it("keeps its adapter when the database is lost once its rows are written", async () => {
    const { pool } = there.store;
    const connect = pool.connect.bind(pool);
    let taken = 0;
    // Queries of the pool itself connect with a callback.
    const lost = vi.spyOn(pool, "connect").mockImplementation((...given: unknown[]) => {
      if (given.length === 0 && ++taken === 2) return Promise.reject(new Error("Connection terminated"));
      return Reflect.apply(connect, pool, given);
    });
    await expect(openSample(there, places)).rejects.toThrow("Connection terminated");
    lost.mockRestore();
    const { id } = await openSample(there, places);
    expect((await listRuns(there)).runs.map((run) => run.id)).toEqual([id]);
    expect(existsSync(there.artefacts.path(`runs/${id}/adapter/adapter_model.safetensors`))).toBe(true);
  });

  it("opens without the columns that a later version has added to its tables", async () => {
    await there.store.pool.query("ALTER TABLE run_metrics ADD COLUMN later integer");
    const { id } = await openSample(there, places);
    expect((await getRun(there, id)).metrics).toHaveLength(2);
  });

  it.each<[string, (columns: Columns) => unknown]>([
    ["whose rows have a column that the table lacks", (columns) => ({ ...columns, latents: [...(columns["latents"] ?? []), "gone"] })],
    ["whose rows have more columns than it says", (columns) => ({ ...columns, latents: columns["latents"]?.slice(1) })],
    ["whose rows have a column of another type", (columns) => ({ ...columns, run_log: ["step", "at", "level", "message"] })],
    ["without rows of a table", ({ run_health: _, ...others }) => others],
    ["whose description is of another form", () => ["latents"]],
  ])("%s is refused as another version's, and leaves nothing", async (_what, change) => {
    const changed = copyWithColumns(change);
    await expect(openSample(there, changed)).rejects.toMatchObject({
      code: "invalid",
      message: `${changed.sample}: was made for another version of Stanscope: restore this version's sample from the repository`,
    });
    expect((await listRuns(there)).runs).toEqual([]);
    expect(readdirSync(there.artefacts.path("runs"))).toEqual([]);
  });
});

describe("the sample in the repository", () => {
  const folder = resolve("demo/sample");
  const files = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((name) => statSync(join(folder, name)).isFile());

  it("takes less than 8 MB and names no place of the machine that it was made on", () => {
    expect(files.reduce((bytes, name) => bytes + statSync(join(folder, name)).size, 0)).toBeLessThan(8e6);
    for (const name of files.filter((one) => one.endsWith(".json")))
      expect(readFileSync(join(folder, name), "utf8")).not.toMatch(/"\/(work|tmp|home|root|Users)\//);
  });

  it("is of the model and the text beside it", async () => {
    const { id, modelId } = await openSample(there);
    const model = (await listModels(there.store.db)).find((one) => one.id === modelId);
    expect(model).toMatchObject({
      id: modelId,
      path: smallModelFolder,
      revision: await hashModel(smallModelFolder, () => {}, new AbortController().signal),
    });
    expect(model).toMatchObject(describeModel(smallModelFolder));
    expect(await findDataSetByPath(there.store.db, corpusFolder)).toBeDefined();
    const [collection] = await listCollections(there.store.db, id);
    expect((await tableOf(there, collection?.id ?? "")).total).toBe(collection?.numLatents);
  });

  it("shows a latent that fires, as its page does once it is open", async () => {
    const before = sampleSchema.parse(await getSample(there));
    expect(before.runId).toBeNull();
    const { detail } = before.latent;
    expect(detail.examples.length).toBeGreaterThan(2);
    const { id, collection } = await openSample(there);
    expect((await getSample(there)).runId).toBe(id);
    const { module, index } = detail.row;
    expect(await latentToShow(there, collection?.id ?? "")).toEqual({ module, index });
    const page = await getLatent(there, detail.row, latentQuery.parse({ collectionId: collection?.id }));
    expect(page.row).toEqual(detail.row);
    expect(page.examples.slice(0, detail.examples.length)).toEqual(detail.examples);
  });
});
