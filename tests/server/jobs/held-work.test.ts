import { expect, test } from "vitest";
import { readMetrics } from "@/server/db/runs/run-progress";
import { leases } from "@/server/db/tables/work-tables";
import { acquireLease, handBackLease } from "@/server/db/work/leases";
import { HeldWork, LeaseLostError } from "@/server/jobs/held-work";
import { createRunRecorder } from "@/server/jobs/run-recorder";
import { freshDatabase } from "@/tests/support/database";
import { queueSmallRun } from "@/tests/support/small-run";
import { temporaryFolder } from "@/tests/support/temporary-folder";

const store = await freshDatabase();
const metrics = (step: number) => ({
  step,
  loss: 3 - step,
  gradNorm: 1,
  learningRate: 1e-3,
  tokens: 10 * step,
  labelTokens: 9,
  seconds: step,
});

async function hold(runId: string, workerId: string, forMs: number): Promise<HeldWork> {
  const taken = await acquireLease(store.db, { kind: "run", workId: runId, workerId }, forMs);
  if (taken === undefined) throw new Error(`${workerId} did not get the lease`);
  return new HeldWork(store, workerId, { kind: "run", ...taken });
}

test("a worker whose lease has run out and was taken adds nothing to its successor's record", async () => {
  const runId = await queueSmallRun(store, temporaryFolder());
  const first = await hold(runId, "first", 1);
  const record = createRunRecorder(store, first, () => performance.now());
  await new Promise((resolve) => setTimeout(resolve, 20));
  await hold(runId, "second", 60_000);
  await expect(record.step(metrics(1), null)).rejects.toThrow(LeaseLostError);
  expect(first.isLost).toBe(true);
  expect(await readMetrics(store.db, runId)).toEqual([]);
});

test("a worker whose lease expired while nobody wanted it continues", async () => {
  const runId = await queueSmallRun(store, temporaryFolder());
  const work = await hold(runId, "slow", 1);
  await new Promise((resolve) => setTimeout(resolve, 20));
  await work.confirm();
  expect(work.isLost).toBe(false);
});

test("steps wait to be written together, and none is lost at the end", async () => {
  const runId = await queueSmallRun(store, temporaryFolder());
  const work = await hold(runId, "worker", 60_000);
  let now = 0;
  const record = createRunRecorder(store, work, () => now);
  await record.step(metrics(1), 5);
  expect(await readMetrics(store.db, runId)).toHaveLength(1);
  now += 100;
  await record.step(metrics(2), 4);
  expect(await readMetrics(store.db, runId)).toHaveLength(1);
  now += 1000;
  await record.step(metrics(3), 3);
  await record.step(metrics(4), 2);
  expect(await readMetrics(store.db, runId)).toHaveLength(3);
  await record.flush();
  expect((await readMetrics(store.db, runId)).map(({ step }) => step)).toEqual([1, 2, 3, 4]);
});

test("a part of a piece of work has a lease of its own while it is done, and is given up with the whole", async () => {
  const whole = await hold("c1", "leader", 60_000);
  const seen: unknown[] = [];
  const isDone = await whole.doPart("shard", "c1:2", async (part) => {
    seen.push(whole.parts.map(({ workId }) => workId));
    seen.push(await acquireLease(store.db, { kind: "shard", workId: "c1:2", workerId: "other" }, 60_000));
    whole.handBack();
    seen.push([part.signal.aborted, part.isHandedBack]);
  });
  expect(isDone).toBe(true);
  expect(seen).toEqual([["c1:2"], undefined, [true, true]]);
  expect(whole.parts).toEqual([]);
  expect(await acquireLease(store.db, { kind: "shard", workId: "c1:2", workerId: "other" }, 60_000)).toMatchObject({ deaths: 0 });
  expect(await whole.doPart("shard", "c1:2", async () => {})).toBe(false);
});

test("a checkpoint clears a run of the deaths before it", async () => {
  const runId = await queueSmallRun(store, temporaryFolder());
  await store.db
    .insert(leases)
    .values({ kind: "run", workId: runId, until: new Date(0), deaths: 2, lastDeath: "the worker was ended by SIGKILL" });
  const work = await hold(runId, "w", 60_000);
  expect(work.isSuspect).toBe(true);
  await createRunRecorder(store, work, () => 0).checkpoint(7, "checkpoints/7", 10);
  expect(work.isSuspect).toBe(false);
  await handBackLease(store.db, work.lease);
  expect((await hold(runId, "next", 60_000)).isSuspect).toBe(false);
});

test("a shard that has cost three workers ends its collection with what is known", async () => {
  await store.db
    .insert(leases)
    .values({ kind: "shard", workId: "c2:0", until: new Date(0), deaths: 3, lastDeath: "the worker was ended by SIGSEGV." });
  const whole = await hold("c2", "leader", 60_000);
  await expect(whole.doPart("shard", "c2:0", async () => {})).rejects.toThrow(/3 workers died .* was ended by SIGSEGV/);
});
