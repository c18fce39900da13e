import { describe, expect, test } from "vitest";
import type { MeasureEffectsInput } from "@/lib/contract/effect";
import { measureEffectsRequest } from "@/lib/contract/effect";
import { type TextEvent, textEvent } from "@/lib/contract/read-text";
import { listEffects } from "@/server/db/labels/effects";
import { listCollections, readCollection } from "@/server/db/latents/collections";
import { newId } from "@/server/db/new-id";
import { askJobToCancel, insertJob, listJobs, readJob } from "@/server/db/work/jobs";
import { listLivingWorkers } from "@/server/db/work/workers";
import { freshDatabase } from "@/tests/support/database";
import { queueSmallRun } from "@/tests/support/small-run";
import { temporaryFolder } from "@/tests/support/temporary-folder";
import { untilJobEnds } from "@/tests/support/until-job-ends";
import { eventually, startWorker } from "@/tests/support/worker-process";

const store = await freshDatabase();
const targets = { modules: ["v_proj", "down_proj"], layers: [1, 4] };
const stan = { method: "stan" as const, numLatents: 23, k: 5, targets };
const lora = { method: "lora" as const, rank: 3, alpha: 6, targets };

/** A run of a few steps with its collection. */
async function collectedRun(data: string, adapter: typeof stan | typeof lora, measuredLatents: number) {
  const collection = { maxTokens: 700, attributionRows: 5, measuredLatents };
  const run = await queueSmallRun(store, data, { adapter, training: { steps: 12, learningRate: 0.05 }, collection });
  const id = await eventually("the collection is finished", async () => {
    const [summary] = await listCollections(store.db, run);
    if (summary?.status === "failed") throw new Error(summary.error ?? "failed");
    return summary?.status === "finished" ? summary.id : undefined;
  });
  const found = await readCollection(store.db, id);
  if (found === undefined) throw new Error("the collection is gone");
  return { run, collection: found };
}

async function queueMeasurement(collectionId: string, request: MeasureEffectsInput): Promise<string> {
  const id = newId();
  const input = { kind: "measureEffects", collectionId, request: measureEffectsRequest.parse(request) } as const;
  await insertJob(store.db, { id, kind: input.kind, title: "test", input, unit: "latents", total: null });
  return id;
}

async function columnsOf(collectionId: string) {
  const { rows } = await store.pool.query<{ module: number; index: number; attribution: number | null; attribution_count: number }>(
    "SELECT module, index, attribution, attribution_count FROM latents WHERE collection_id = $1 ORDER BY attribution DESC NULLS LAST, module, index",
    [collectionId],
  );
  return rows;
}

describe("a collection", () => {
  test("has attributions of held-out text, and the effects of its first latents when it asks for them", async () => {
    const data = temporaryFolder();
    await startWorker(store.url, data);
    const { collection } = await collectedRun(data, stan, 2);
    const latents = await columnsOf(collection.id);
    expect(latents.filter(({ attribution }) => attribution !== null).length).toBeGreaterThan(20);
    expect(collection.modules.every(({ meanAbsAttribution }) => (meanAbsAttribution ?? 0) > 0)).toBe(true);
    const ordered = await eventually("the measurement is queued", async () => (await listJobs(store.db))[0]?.id);
    const ended = await untilJobEnds(store, ordered);
    expect([ended.kind, ended.status, ended.error, ended.done, ended.total]).toEqual(["measureEffects", "finished", null, 2, 2]);
    expect(ended.message).toContain("held-out rows");
    for (const { module, index } of latents.slice(0, 2)) {
      const effects = await listEffects(store.db, collection.id, { module, index });
      expect(effects.map(({ operation }) => operation)).toEqual(["ablatePost", "ablatePre"]);
      for (const { rows, firings, controls, writes } of effects) {
        expect([rows, firings > 0, controls.length]).toEqual([6, true, 8]);
        expect(writes?.raised.every(({ token }) => typeof token === "string")).toBe(true);
      }
    }
  });

  test("of LoRA has effects of components that are named; one that it has not is refused", async () => {
    const data = temporaryFolder();
    await startWorker(store.url, data);
    const { collection } = await collectedRun(data, lora, 0);
    const latent = { module: "model.layers.4.mlp.down_proj", index: 2 };
    const job = await untilJobEnds(store, await queueMeasurement(collection.id, { latents: [latent], rows: 4, controls: 2 }));
    expect([job.status, job.error]).toEqual(["finished", null]);
    const [effect, ...others] = await listEffects(store.db, collection.id, { module: 3, index: 2 });
    expect(others).toEqual([]);
    expect([effect?.operation, effect?.rows, effect?.controls.map(({ index }) => index).sort()]).toEqual(["ablatePost", 4, [0, 1]]);
    const unknown = await untilJobEnds(store, await queueMeasurement(collection.id, { latents: [{ ...latent, index: 3 }] }));
    expect([unknown.status, unknown.error]).toEqual(["failed", "the collection has no latent 3 of model.layers.4.mlp.down_proj"]);
  });

  test("whose measurement is interrupted keeps what was measured, and continues with the rest", async () => {
    const data = temporaryFolder();
    const worker = await startWorker(store.url, data);
    const { collection } = await collectedRun(data, stan, 0);
    const id = await queueMeasurement(collection.id, { latents: { by: "outputShare", count: 60 }, rows: 6 });
    const measured = async () => {
      const { rows } = await store.pool.query<{ module: number; index: number; updated_at: Date }>(
        "SELECT module, index, max(updated_at) AS updated_at FROM effects WHERE collection_id = $1 GROUP BY module, index ORDER BY 1, 2",
        [collection.id],
      );
      return rows.map(({ module, index, updated_at: at }) => `${module} ${index} ${at.toISOString()}`);
    };
    await eventually("some are measured", async () => ((await measured()).length > 5 ? true : undefined));
    await worker.kill();
    const before = await measured();
    expect(before.length).toBeLessThan(60);
    await startWorker(store.url, data);
    const job = await untilJobEnds(store, id);
    expect([job.status, job.done]).toEqual(["finished", 60]);
    const after = await measured();
    expect(after).toHaveLength(60);
    expect(after).toEqual(expect.arrayContaining(before));

    const cancelled = await queueMeasurement(collection.id, { latents: { by: "outputShare", count: 60 }, rows: 6 });
    await eventually("it runs", async () => ((await readJob(store.db, cancelled))?.status === "running" ? true : undefined));
    await askJobToCancel(store.db, cancelled);
    expect((await untilJobEnds(store, cancelled)).status).toBe("cancelled");
  });
});

describe("a worker that reads what fires on a text", () => {
  test.each([stan, lora])("answers the tokens, then every module of $method", async (adapter) => {
    const data = temporaryFolder();
    await startWorker(store.url, data);
    const { run } = await collectedRun(data, adapter, 0);
    // Workers of the tests before were killed, and count as living for a while.
    const worker = (await listLivingWorkers(store.db)).at(-1);
    const headers = { authorization: `Bearer ${worker?.secret}` };
    const ask = async (runId: string, text: string) => {
      const body = JSON.stringify({ runId, request: { text } });
      return fetch(`${worker?.address}/text`, { method: "POST", headers, body });
    };
    const lines = (await (await ask(run, "The function returns an é twice")).text()).trim().split("\n");
    const events = lines.map((line): TextEvent => textEvent.parse(JSON.parse(line)));
    expect(events.map(({ kind }) => kind)).toEqual(["tokens", "module", "module", "module", "module", "end"]);
    const [first] = events;
    if (first?.kind !== "tokens") throw new Error("the tokens come first");
    expect(first.tokens.map(({ text }) => text).join("")).toContain("The function returns an é twice");
    expect(first.tokens.map(({ loss }) => loss === null)).toEqual(first.tokens.map((_, at) => at === 0));
    for (const event of events) {
      if (event.kind !== "module") continue;
      const shares = floats(event.outputShares);
      expect(event.width).toBe(adapter.method === "stan" ? 5 : 3);
      expect(shares).toHaveLength(event.width * first.tokens.length);
      for (let at = 0; at < first.tokens.length; at++) {
        const sum = shares.slice(at * event.width, (at + 1) * event.width).reduce((total, share) => total + share, 0);
        expect(sum).toBeCloseTo(1, 4);
      }
      expect(floats(event.attributions ?? "")).toHaveLength(shares.length);
    }
    const unknown = await ask("nothing", "x");
    expect(unknown.status).toBe(404);
  });
});

function floats(text: string): Float32Array {
  return new Float32Array(Uint8Array.from(Buffer.from(text, "base64")).buffer);
}
