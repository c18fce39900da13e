import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { eq } from "drizzle-orm";
import { expect, test } from "vitest";
import { readRun } from "@/server/db/runs/runs";
import { leases } from "@/server/db/tables/work-tables";
import { forgetWorker } from "@/server/db/work/dead-workers";
import { listLivingWorkers } from "@/server/db/work/workers";
import { openContext } from "@/server/services/context";
import { resumeRun } from "@/server/services/runs/resume-run";
import { freshDatabase } from "@/tests/support/database";
import { queueSmallRun } from "@/tests/support/small-run";
import { temporaryFolder } from "@/tests/support/temporary-folder";
import { eventually, startWorker } from "@/tests/support/worker-process";

const store = await freshDatabase();

async function leaseOf(runId: string) {
  return (await store.db.select().from(leases).where(eq(leases.workId, runId)))[0];
}

function untilHeld(runId: string): Promise<string> {
  return eventually("a worker holds the run", async () => (await leaseOf(runId))?.workerId ?? undefined);
}

function untilStatus(runId: string, status: string) {
  return eventually(`the run is ${status}`, async () => {
    const run = await readRun(store.db, runId);
    return run?.status === status ? run : undefined;
  });
}

test("a run that kills its worker each time is failed after three, and trains to its end when a person resumes it", async () => {
  const data = temporaryFolder();
  const run = await queueSmallRun(store, data, { training: { steps: 400, checkpointEvery: 1000, evaluateEvery: 0 } });
  for (let death = 1; death <= 3; death++) {
    const worker = await startWorker(store.url, data);
    const workerId = await untilHeld(run);
    await worker.kill();
    // As `npm start` does.
    await forgetWorker(store.url, workerId, { how: "was ended by SIGKILL", log: [`step ${death}`] });
    expect(await leaseOf(run)).toMatchObject({ workerId: null, deaths: death });
  }
  await startWorker(store.url, data);
  const failed = await untilStatus(run, "failed");
  expect(failed.error).toMatch(
    /3 workers died .* the worker was ended by SIGKILL\. It held \d+\.\d\d GiB .*\nThe last lines of its log:\nstep 3$/s,
  );
  expect(await leaseOf(run)).toBeUndefined();
  const context = openContext({ DATABASE_URL: store.url, STANSCOPE_HOME: data });
  try {
    // A worker may take it before the answer is read.
    expect(await resumeRun(context, run)).toMatchObject({ status: expect.stringMatching(/^(?:queued|running)$/), error: null });
  } finally {
    await context.store.close();
  }
  expect((await untilStatus(run, "finished")).step).toBe(400);
});

test("a worker whose first thread hangs outside the device ends itself, and its work is charged with it", async () => {
  const data = temporaryFolder();
  const preload = join(data, "hang-on-signal.mjs");
  const hang = `import { isMainThread } from "node:worker_threads";\nif (isMainThread) process.on("SIGUSR2", () => { for (;;); });`;
  writeFileSync(preload, hang);
  const run = await queueSmallRun(store, data, { training: { steps: 100_000, checkpointEvery: 100_000, evaluateEvery: 0 } });
  const worker = await startWorker(store.url, data, { NODE_OPTIONS: `${process.env["NODE_OPTIONS"] ?? ""} --import ${preload}` });
  await untilHeld(run);
  const ended = new Promise((resolve) => worker.child.once("exit", (_status, signal) => resolve(signal)));
  worker.child.kill("SIGUSR2");
  expect(await ended).toBe("SIGKILL");
  expect(await leaseOf(run)).toMatchObject({ workerId: null, deaths: 1, lastDeath: expect.stringMatching(/did not respond for 20 s/) });
  expect(await listLivingWorkers(store.db)).toEqual([]);
});
