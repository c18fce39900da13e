import { openStore } from "@/server/db/client";
import { listenForEvents, type StoreEvent } from "@/server/db/events";
import { isDatabaseDown, retryWhileDown } from "@/server/db/retry-while-down";
import { deleteWorker, upsertWorker } from "@/server/db/work/workers";
import { startEngine } from "@/server/engine/tensor/backend";
import { advanceExperiments } from "@/server/jobs/experiments/advance-experiment";
import { leaseMs } from "@/server/jobs/held-work";
import type { JobContext } from "@/server/jobs/job-context";
import { jobsOf } from "@/server/jobs/jobs";
import { readRequests } from "@/server/jobs/read-requests";
import { sweep } from "@/server/jobs/sweep";
import { type Lane, WorkLoop } from "@/server/jobs/work-loop";
import { deviceName } from "@/server/runtime/device-name";
import { createRuntime } from "@/server/runtime/runtime";
import { startHeartbeat } from "./heartbeat";
import { openPort } from "./port";
import { routesOf } from "./routes";
import { readSettings } from "./settings";

const heartbeatEveryMs = 2000;
const jobConcurrency = 3;
const advanceEveryMs = 5000;
const orphanPatienceMs = 5000;
const sweepEveryMs = 3_600_000;

// A full disk or a closed pipe ends the log; the work continues.
for (const stream of [process.stdout, process.stderr]) stream.on("error", () => {});

async function work(): Promise<void> {
  const settings = readSettings(process.env);
  const { workerId } = settings;
  const engine = await startEngine();
  const store = openStore(settings.databaseUrl);
  const now = () => performance.now();
  const runtime = createRuntime(now);
  const modelIds = new Map<string, string>();
  const context: JobContext = { store, runtime, dataFolder: settings.dataFolder, modelIds, now };

  const jobs = jobsOf(context);
  const lanes: Lane[] = [
    // The device does one thing at a time; a collection is short beside a training and is what a person waits for, so a free worker helps with
    // its shards first.
    { kinds: ["collection", "shard", "run"], concurrency: 1 },
    { kinds: ["task"], concurrency: jobConcurrency },
  ];
  const loop = new WorkLoop({ store, dataFolder: settings.dataFolder, workerId, lanes, jobs, onError: report });
  const held = () => loop.held;
  const doing = () => held()[0]?.title ?? null;
  const loaded = () => runtime.loaded.map((path) => modelIds.get(path) ?? path);

  const port = await openPort({
    host: settings.host,
    secret: settings.secret,
    routes: routesOf(context, () => ({ id: workerId, loaded: loaded(), doing: doing(), generating: runtime.generations.rows })),
  });
  await retryWhileDown(() =>
    upsertWorker(store.db, {
      id: workerId,
      host: settings.machine,
      address: port.address,
      secret: settings.secret,
      device: deviceName(engine.device),
      backend: engine.backend,
      version: engine.version,
      memoryBytes: process.memoryUsage.rss(),
    }),
  );
  const heartbeat = startHeartbeat(
    { url: settings.databaseUrl, workerId, everyMs: heartbeatEveryMs, leaseMs, inside: runtime.turns.inside },
    () => ({
      memoryBytes: process.memoryUsage.rss(),
      loadedModels: loaded(),
      doing: doing(),
      leases: held().map(({ kind, workId }) => ({ kind, workId })),
    }),
    fail,
  );
  const stopListening = await retryWhileDown(() =>
    listenForEvents(settings.databaseUrl, {
      onEvent: (event) => onEvent(event),
      onGap: () => {
        void readRequests(store, held()).catch(report);
        loop.wake();
      },
    }),
  );

  function onEvent(event: StoreEvent): void {
    if (event.kind === "request")
      void readRequests(
        store,
        held().filter(({ workId }) => workId === event.workId),
      ).catch(report);
    if (event.kind === "run" || event.kind === "task") loop.wake();
  }

  // A message that was lost, or a process that died between two, must not leave an experiment standing.
  const advancing = repeat(advanceEveryMs, () => advanceExperiments(context));
  const sweeping = repeat(sweepEveryMs, () => sweep(context, { now: Date.now() }));

  let isStopping = false;
  async function stop(): Promise<void> {
    if (isStopping) return;
    isStopping = true;
    clearInterval(advancing);
    clearInterval(sweeping);
    await loop.stop();
    await port.close();
    await heartbeat.stop();
    await stopListening().catch(report);
    await deleteWorker(store.db, workerId).catch(report);
    await store.close();
    process.exit(0);
  }
  const stopAndReport = () => void stop().catch(fail);
  process.on("SIGTERM", stopAndReport);
  process.on("SIGINT", stopAndReport);
  process.on("disconnect", () => {
    // The database goes with the parent: what cannot be handed back by then is found by its lease.
    setTimeout(() => process.exit(1), orphanPatienceMs).unref();
    stopAndReport();
  });
  process.send?.({ kind: "ready", workerId });
}

/** Does some work at once and then again and again. What fails because the database is away is tried again the next time. */
function repeat(everyMs: number, work: () => Promise<void>): NodeJS.Timeout {
  const once = () => void work().catch((error) => (isDatabaseDown(error) ? undefined : report(error)));
  once();
  return setInterval(once, everyMs);
}

function report(error: unknown): void {
  process.stderr.write(`worker: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
}

function fail(error: unknown): void {
  report(error);
  process.exit(1);
}

await work().catch(fail);
