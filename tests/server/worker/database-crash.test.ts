import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { startPostgres } from "@/scripts/postgres.mjs";
import { openStore } from "@/server/db/client";
import { migrate } from "@/server/db/migrate";
import { isDatabaseDown } from "@/server/db/retry-while-down";
import { readMetrics } from "@/server/db/runs/run-progress";
import { readRun } from "@/server/db/runs/runs";
import { queueSmallRun } from "@/tests/support/small-run";
import { temporaryFolder } from "@/tests/support/temporary-folder";
import { eventually, startWorker } from "@/tests/support/worker-process";

test("a run continues when its database is killed and restarted, and loses nothing", async () => {
  const data = temporaryFolder();
  let postgres = await startPostgres(data);
  onTestFinished(() => postgres.stop());
  await migrate(postgres.url);
  const store = openStore(postgres.url);
  onTestFinished(() => store.close());
  const run = await queueSmallRun(store, data, { training: { steps: 150, evaluateEvery: 50, checkpointEvery: 40 } });
  await startWorker(store.url, data);
  const stepReached = (step: number) =>
    eventually(`step ${step}`, async () => (((await readRun(store.db, run))?.step ?? 0) >= step ? true : undefined));
  await stepReached(20);

  const acknowledged = await readMetrics(store.db, run);
  const [pid = ""] = readFileSync(join(data, "postgres", "postmaster.pid"), "utf8").split("\n");
  process.kill(Number(pid), "SIGKILL");
  await postgres.exited;
  postgres = await startPostgres(data);

  await eventually("the run is finished", async () => {
    try {
      const { status, error } = (await readRun(store.db, run)) ?? {};
      if (status === "failed") throw new Error(error ?? "failed");
      return status === "finished" ? true : undefined;
    } catch (error) {
      if (isDatabaseDown(error)) return undefined;
      throw error;
    }
  });
  const metrics = await readMetrics(store.db, run);
  expect(metrics.map(({ step }) => step)).toEqual(Array.from({ length: 150 }, (_, at) => at + 1));
  expect(metrics.slice(0, acknowledged.length)).toEqual(acknowledged);
});
