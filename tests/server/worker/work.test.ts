import { resolve } from "node:path";
import { describe, expect, test } from "vitest";
import { preview } from "@/lib/contract/data-set";
import { type GenerateEvent, generateRequest } from "@/lib/contract/generate";
import { latentQuery } from "@/lib/contract/latent";
import { listCollections } from "@/server/db/latents/collections";
import { listModels } from "@/server/db/library/models";
import { newId } from "@/server/db/new-id";
import { listRuns, readRun } from "@/server/db/runs/runs";
import type { JobInput } from "@/server/db/work/job-input";
import { askJobToCancel, insertJob } from "@/server/db/work/jobs";
import { listLivingWorkers } from "@/server/db/work/workers";
import { openContext } from "@/server/services/context";
import { getLatent } from "@/server/services/latents/get-latent";
import { listLatents } from "@/server/services/latents/list-latents";
import { generate } from "@/server/services/work/generate";
import { freshDatabase } from "@/tests/support/database";
import { queueSmallRun } from "@/tests/support/small-run";
import { temporaryFolder } from "@/tests/support/temporary-folder";
import { untilJobEnds } from "@/tests/support/until-job-ends";
import { eventually, startWorker } from "@/tests/support/worker-process";

const store = await freshDatabase();

async function queueTask(input: JobInput): Promise<string> {
  const id = newId();
  await insertJob(store.db, { id, kind: input.kind, title: "test", input, unit: "bytes", total: null });
  return id;
}

describe("a worker", () => {
  test.each(["stan", "lora"] as const)("trains %s, collects, and generates with edits while another run trains", async (method) => {
    const data = temporaryFolder();
    const targets = { modules: ["v_proj"], layers: [1, 4] };
    const adapter =
      method === "stan" ? ({ method, numLatents: 23, k: 5, targets } as const) : ({ method, rank: 7, alpha: 14, targets } as const);
    const collection = { maxTokens: 600, split: "all" as const };
    const run = await queueSmallRun(store, data, { adapter, training: { steps: 12, learningRate: 0.05 }, collection });
    await startWorker(store.url, data);
    const collected = await eventually("the collection is finished", async () => {
      const [summary] = await listCollections(store.db, run);
      if (summary?.status === "failed") throw new Error(summary.error ?? "failed");
      return summary?.status === "finished" ? summary : undefined;
    });
    expect(collected.modules.map(({ name, layer }) => [name, layer])).toEqual([
      ["model.layers.1.self_attn.v_proj", 1],
      ["model.layers.4.self_attn.v_proj", 4],
    ]);
    expect(collected.domains.map(({ name }) => name)).toEqual(["even", "odd"]);
    expect(collected.tokens).toBe(collected.domains.reduce((sum, { tokens }) => sum + tokens, 0));

    const context = openContext({ DATABASE_URL: store.url, STANSCOPE_HOME: data });
    try {
      const page = await listLatents(context, latentQuery.parse({ collectionId: collected.id }));
      expect(page.total).toBe(method === "stan" ? 46 : 14);
      const [strongest] = page.rows;
      if (strongest === undefined) throw new Error("no latent");
      const { module, index } = strongest;
      const detail = await getLatent(context, { module, index }, latentQuery.parse({ collectionId: collected.id }));
      expect(detail.examples.length).toBeGreaterThan(3);
      for (const { tokens, peak, activation } of detail.examples) expect(tokens[peak]?.activation).toBe(activation);

      await queueSmallRun(store, data, { adapter, training: { steps: 3000, evaluateEvery: 0, checkpointEvery: 3000 } });
      const edits = [{ operation: "clamp" as const, latent: { module, index }, value: 300 }];
      const request = generateRequest.parse({ prompt: "In the beginning", edits, sampling: { maxTokens: 9 } });
      const events: GenerateEvent[] = [];
      for await (const event of await generate(context, run, request, new AbortController().signal)) events.push(event);
      const failure = events.find((event) => event.kind === "error");
      expect(failure).toBeUndefined();
      const textOf = (arm: string) => events.flatMap((event) => (event.kind === "armEnd" && event.arm === arm ? [event.text] : []))[0];
      expect(textOf("base")).not.toBe(textOf("edited"));
      expect(events.at(-1)?.kind).toBe("end");
    } finally {
      await context.store.close();
    }
  });

  test("shows rows token by token, and counts them", async () => {
    const data = temporaryFolder();
    await startWorker(store.url, data);
    // Workers of the tests before were killed, and count as living for a while.
    const worker = (await listLivingWorkers(store.db)).at(-1);
    const request = {
      modelId: "any",
      dataSetId: "any",
      mapping: { kind: "text", text: "text", domain: "domain", split: "split" },
      maxTokens: 16,
      from: 3,
      count: 2,
    };
    const body = JSON.stringify({ request, modelPath: resolve("demo/model"), dataPath: resolve("demo/corpus/arithmetic.jsonl") });
    const headers = { authorization: `Bearer ${worker?.secret}` };
    const ask = async () => preview.parse(await (await fetch(`${worker?.address}/preview`, { method: "POST", headers, body })).json());
    const shown = await ask();
    expect(shown.rows.map(({ row }) => row)).toEqual([3, 4]);
    expect(shown.rows[0]?.tokens.map(({ hasLoss }) => hasLoss)).toEqual([false, ...new Array(15).fill(true)]);
    const counted = await eventually("the counts", async () => {
      const answer = await ask();
      return answer.labelTokens === null ? undefined : answer;
    });
    expect([counted.trainRows, counted.validationRows, counted.totalRows]).toEqual([2726, 609, 3335]);
    expect(counted.tokens).toBe((counted.labelTokens ?? 0) + 3335);
  });

  test("adds a model once, says why it cannot, and cancels", async () => {
    const data = temporaryFolder();
    await startWorker(store.url, data);
    const path = resolve("demo/model");
    const add = (from: string) => queueTask({ kind: "addModel", path: from, name: "again", isOwned: false });
    expect((await untilJobEnds(store, await add(path))).status).toBe("finished");
    expect((await untilJobEnds(store, await add(path))).status).toBe("finished");
    expect((await listModels(store.db)).filter(({ name }) => name === "again")).toHaveLength(1);
    const refused = await untilJobEnds(store, await add(resolve("demo/corpus")));
    expect([refused.status, refused.error]).toEqual(["failed", expect.stringContaining("config.json")]);
  });

  test("starts the demonstration's two runs", async () => {
    const data = temporaryFolder();
    const worker = await startWorker(store.url, data);
    const job = await untilJobEnds(store, await queueTask({ kind: "demonstration", model: "small" }));
    expect(job.error).toBeNull();
    await worker.kill();
    const runs = (await listRuns(store.db)).filter(({ group }) => group === "demonstration");
    expect(runs.map(({ method }) => method).sort()).toEqual(["lora", "stan"]);
    const costs = await Promise.all(runs.map(async ({ id }) => (await readRun(store.db, id))?.config.adapter));
    const size = costs.map((adapter) => (adapter?.method === "stan" ? adapter.numLatents : adapter?.method === "lora" ? adapter.rank : 0));
    expect(size[0]).toBe(size[1]);
  });

  test("does not begin a job that was cancelled while it waited", async () => {
    const id = await queueTask({ kind: "addModel", path: resolve("demo/model"), name: "never", isOwned: false });
    await askJobToCancel(store.db, id);
    await startWorker(store.url, temporaryFolder());
    expect((await untilJobEnds(store, id)).status).toBe("cancelled");
  });
});
