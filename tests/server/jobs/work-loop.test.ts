import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { beforeEach, expect, onTestFinished, test } from "vitest";
import { newId } from "@/server/db/new-id";
import { leases } from "@/server/db/tables/work-tables";
import type { JobInput } from "@/server/db/work/job-input";
import { insertJob, readJob, setJobStatus } from "@/server/db/work/jobs";
import { DeclinedError, type HeldWork } from "@/server/jobs/held-work";
import { WorkLoop } from "@/server/jobs/work-loop";
import { freshDatabase } from "@/tests/support/database";
import { temporaryFolder } from "@/tests/support/temporary-folder";
import { eventually } from "@/tests/support/worker-process";

const store = await freshDatabase();
let dataFolder = "";
beforeEach(() => {
  dataFolder = temporaryFolder();
});
async function addTask(input: JobInput = { kind: "demonstration", model: "small" }): Promise<string> {
  const id = newId();
  await insertJob(store.db, { id, kind: input.kind, title: "test", input, unit: "steps", total: null });
  return id;
}

/** A loop that notes what it does; each piece ends when `finish` is called, or when it is handed back. */
function startLoop(workerId: string, concurrency: number) {
  const begun: string[] = [];
  const endings = new Map<string, () => void>();
  const errors: unknown[] = [];
  const job = async (work: HeldWork) => {
    begun.push(work.workId);
    await new Promise<void>((resolve) => {
      endings.set(work.workId, resolve);
      work.signal.addEventListener("abort", () => resolve());
    });
    if (!work.isHandedBack) await setJobStatus(store.db, work.workId, "finished");
  };
  const unwanted = async () => {
    throw new Error("not of this loop's kinds");
  };
  const jobs = { task: job, run: unwanted, collection: unwanted, shard: unwanted };
  const loop = new WorkLoop({
    ...{ store, dataFolder, workerId, jobs },
    lanes: [{ kinds: ["task"], concurrency }],
    onError: (error) => errors.push(error),
  });
  onTestFinished(() => loop.stop());
  return { loop, begun, errors, finish: (id: string) => endings.get(id)?.() };
}

test("work is taken oldest first, so many pieces at a time, and each by one worker", async () => {
  const ids = [await addTask(), await addTask(), await addTask()];
  const one = startLoop("one", 2);
  await eventually("two pieces", async () => (one.begun.length === 2 ? true : undefined));
  expect(one.begun).toEqual(ids.slice(0, 2));
  const other = startLoop("other", 5);
  await eventually("the third piece", async () => (other.begun.length === 1 ? true : undefined));
  expect(other.begun).toEqual(ids.slice(2));
  for (const id of ids) for (const { finish } of [one, other]) finish(id);
  await eventually("all ended", async () => (one.loop.held.length + other.loop.held.length === 0 ? true : undefined));
  expect([...one.errors, ...other.errors]).toEqual([]);
});

test("a loop that stops hands back what it holds, for others to take at once", async () => {
  const id = await addTask();
  const first = startLoop("first", 1);
  await eventually("the piece", async () => (first.begun.includes(id) ? true : undefined));
  await first.loop.stop();
  const second = startLoop("second", 1);
  await eventually("the piece elsewhere", async () => (second.begun.includes(id) ? true : undefined));
  second.finish(id);
});

test("a piece that a worker declines is left to others, and not tried again", async () => {
  const id = await addTask();
  const begun: string[] = [];
  const errors: unknown[] = [];
  const decline = async (work: HeldWork) => {
    begun.push(work.workId);
    throw new DeclinedError("not here");
  };
  const jobs = { task: decline, run: decline, collection: decline, shard: decline };
  const unable = new WorkLoop({
    store,
    dataFolder,
    workerId: "unable",
    lanes: [{ kinds: ["task"], concurrency: 1 }],
    jobs,
    onError: (e) => errors.push(e),
  });
  onTestFinished(() => unable.stop());
  await eventually("it is tried", async () => (begun.length > 0 && unable.held.length === 0 ? true : undefined));
  unable.wake();
  const able = startLoop("able", 1);
  await eventually("the piece elsewhere", async () => (able.begun.includes(id) ? true : undefined));
  able.finish(id);
  expect(begun).toEqual([id]);
  expect(errors).toEqual([expect.any(DeclinedError)]);
});

/** As three kinds of end leave it: `deaths` workers died with it. */
async function addTaskWithDeaths(deaths: number, input?: JobInput): Promise<string> {
  const id = await addTask(input);
  const lastDeath = "the worker was ended by SIGKILL. It held 7.00 GiB of memory at its last heartbeat.";
  await store.db.insert(leases).values({ kind: "task", workId: id, until: new Date(0), deaths, lastDeath });
  return id;
}

test("work that has cost three workers is failed with what is known, and never begun", async () => {
  const id = await addTaskWithDeaths(3);
  const { begun } = startLoop("careful", 3);
  const job = await eventually("it is failed", async () => {
    const row = await readJob(store.db, id);
    return row?.status === "failed" ? row : undefined;
  });
  expect(job.error).toMatch(/^3 workers died while doing this, .* was ended by SIGKILL\. It held 7\.00 GiB/);
  expect(begun).toEqual([]);
  expect(await store.db.select().from(leases)).toEqual([]);
});

test("an upload goes with the job that has cost three workers, a person's own file stays", async () => {
  const paths = ["data/upload/poems.jsonl", "elsewhere/poems.jsonl"].map((name) => join(dataFolder, name));
  const ids: string[] = [];
  for (const [place, path] of paths.entries()) {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, '{"text":"a"}\n');
    ids.push(await addTaskWithDeaths(3, { kind: "addDataSet", path, name: null, isOwned: place === 0 }));
  }
  const { loop, errors } = startLoop("careful", 3);
  for (const id of ids)
    await eventually("it is failed", async () => ((await readJob(store.db, id))?.status === "failed" ? true : undefined));
  await loop.stop();
  expect(paths.map((path) => existsSync(path))).toEqual([false, true]);
  expect(errors).toEqual([]);
});

test("work that has cost two workers is done alone", async () => {
  const [before, suspect] = [await addTask(), await addTaskWithDeaths(2)];
  const after = await addTask();
  const { loop, begun, finish } = startLoop("careful", 3);
  await eventually("the others", async () => (begun.length === 2 ? true : undefined));
  expect(begun).toEqual([before, after]);
  finish(before);
  finish(after);
  await eventually("the suspect", async () => (begun.includes(suspect) ? true : undefined));
  const later = await addTask();
  loop.wake();
  // Time for a loop that would take it.
  await sleep(300);
  expect(begun).not.toContain(later);
  finish(suspect);
  await eventually("the later one", async () => (begun.includes(later) ? true : undefined));
  finish(later);
});
