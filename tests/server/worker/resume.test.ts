import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { readMetrics } from "@/server/db/runs/run-progress";
import { readRun, requestOfRun, requeueRun } from "@/server/db/runs/runs";
import type { AdapterTensors } from "@/server/engine/methods/adapter-module";
import { readAdapter } from "@/server/files/adapters/adapter-folder";
import { freshDatabase } from "@/tests/support/database";
import { queueSmallRun } from "@/tests/support/small-run";
import { temporaryFolder } from "@/tests/support/temporary-folder";
import { eventually, startWorker } from "@/tests/support/worker-process";

const store = await freshDatabase();

async function statusOf(runId: string) {
  return (await readRun(store.db, runId))?.status;
}

function untilStatus(runId: string, ...wanted: string[]) {
  return eventually(`run is ${wanted.join(" or ")}`, async () => {
    const status = await statusOf(runId);
    if (status === "failed" && !wanted.includes("failed")) throw new Error((await readRun(store.db, runId))?.error ?? "failed");
    return status !== undefined && wanted.includes(status) ? status : undefined;
  });
}

function untilStep(runId: string, step: number) {
  return eventually(`step ${step}`, async () => (((await readRun(store.db, runId))?.step ?? 0) >= step ? true : undefined));
}

function numbers(tensors: AdapterTensors): Float32Array[] {
  return Object.values(tensors).map((matrix) => matrix.data);
}

function largestDifference(folderA: string, folderB: string): number {
  const [a, b] = [readAdapter(folderA).tensors, readAdapter(folderB).tensors];
  let largest = 0;
  for (const [module, tensors] of a) {
    const other = b.get(module);
    if (other === undefined) return Number.POSITIVE_INFINITY;
    numbers(tensors).forEach((values, part) => {
      const others = numbers(other)[part];
      values.forEach((value, at) => {
        largest = Math.max(largest, Math.abs(value - (others?.[at] ?? Number.NaN)));
      });
    });
  }
  return largest;
}

describe("a run", () => {
  test("whose worker is killed resumes from its checkpoint and ends with the adapter of an uninterrupted run", async () => {
    const data = temporaryFolder();
    const settings = { training: { steps: 120, checkpointEvery: 20, evaluateEvery: 40 } };
    const unbroken = await queueSmallRun(store, data, settings);
    const first = await startWorker(store.url, data);
    await untilStatus(unbroken, "finished");

    const broken = await queueSmallRun(store, data, settings);
    await untilStep(broken, 30);
    await first.kill();
    const stoodAt = (await readRun(store.db, broken))?.step ?? 0;
    expect(stoodAt).toBeLessThan(120);
    const killedAt = performance.now();
    await startWorker(store.url, data);
    await eventually("the run is taken up", async () => {
      const step = (await readRun(store.db, broken))?.step ?? 0;
      return step !== stoodAt ? true : undefined;
    });
    expect(performance.now() - killedAt).toBeLessThan(20_000);
    await untilStatus(broken, "finished");

    const adapter = (run: string) => join(data, "runs", run, "adapter");
    expect(largestDifference(adapter(unbroken), adapter(broken))).toBeLessThanOrEqual(1e-6);
    const [whole, resumed] = [await readMetrics(store.db, unbroken), await readMetrics(store.db, broken)];
    expect(resumed.map(({ step }) => step)).toEqual(Array.from({ length: 120 }, (_, at) => at + 1));
    expect(resumed.map(({ loss, tokens }) => [loss, tokens])).toEqual(whole.map(({ loss, tokens }) => [loss, tokens]));
  });

  test("is handed back when its worker is told to stop, and continues elsewhere from exactly that step", async () => {
    const data = temporaryFolder();
    const run = await queueSmallRun(store, data, { training: { steps: 200, checkpointEvery: 1000, evaluateEvery: 0 } });
    const first = await startWorker(store.url, data);
    await untilStep(run, 20);
    expect(await first.stop()).toBe(0);
    const handed = await readRun(store.db, run);
    expect(handed?.status).toBe("queued");
    expect(handed?.checkpointStep).toBe(handed?.step);
    await startWorker(store.url, data);
    await untilStatus(run, "finished");
    expect(await readMetrics(store.db, run)).toHaveLength(200);
  });

  test("that is stopped keeps its adapter, and can go on", async () => {
    const data = temporaryFolder();
    const run = await queueSmallRun(store, data, { training: { steps: 400, checkpointEvery: 1000, evaluateEvery: 0 } });
    await startWorker(store.url, data);
    await untilStep(run, 5);
    await requestOfRun(store.db, run, "stop");
    await untilStatus(run, "stopped");
    const stopped = await readRun(store.db, run);
    expect(stopped?.step).toBeLessThan(400);
    expect(stopped?.latestEvaluation?.step).toBe(stopped?.step);
    expect(readAdapter(join(data, "runs", run, "adapter")).tensors.size).toBe(12);
    await requeueRun(store.db, run);
    await untilStatus(run, "finished");
    expect(await readMetrics(store.db, run)).toHaveLength(400);
  });

  test("that is cancelled ends at once", async () => {
    const data = temporaryFolder();
    const run = await queueSmallRun(store, data, { training: { steps: 5000 } });
    await startWorker(store.url, data);
    await untilStep(run, 5);
    await requestOfRun(store.db, run, "cancel");
    await untilStatus(run, "cancelled");
    expect((await readRun(store.db, run))?.step).toBeLessThan(5000);
  });

  test("whose loss is no longer a number fails with the step and what to do, and keeps its checkpoint", async () => {
    const data = temporaryFolder();
    const run = await queueSmallRun(store, data, {
      training: { learningRate: 1e37, clipNorm: null, checkpointEvery: 1, schedule: "constant", evaluateEvery: 0 },
    });
    await startWorker(store.url, data);
    await untilStatus(run, "failed");
    const failed = await readRun(store.db, run);
    expect(failed?.error).toMatch(
      /(is (NaN|Infinity)|not a number|no longer finite).*lower learning rate.*checkpoint of step \d+ was kept/,
    );
    expect(failed?.checkpointStep).toBeGreaterThan(0);
  });

  test("on data whose tokens are all masked fails before its first step", async () => {
    const data = temporaryFolder();
    const run = await queueSmallRun(store, data, { text: () => "a", training: { maxTokens: 2 } });
    await startWorker(store.url, data);
    await untilStatus(run, "failed");
    expect((await readRun(store.db, run))?.error).toMatch(/texts\.jsonl: no token of any row carries loss/);
  });
});
