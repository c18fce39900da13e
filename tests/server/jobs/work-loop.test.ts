import type PgBoss from "pg-boss";
import { afterAll, beforeAll, expect, onTestFinished, test } from "vitest";
import { newId } from "@/server/db/new-id";
import { enqueue, openQueue } from "@/server/db/work/queue";
import { insertTask, setTaskStatus } from "@/server/db/work/tasks";
import { DeclinedError, type HeldWork } from "@/server/jobs/held-work";
import { WorkLoop } from "@/server/jobs/work-loop";
import { freshDatabase } from "@/tests/support/database";
import { eventually } from "@/tests/support/worker-process";

const store = await freshDatabase();
let queue: PgBoss;

beforeAll(async () => {
  queue = await openQueue(store.url, { supervise: false });
});
afterAll(() => queue.stop({ graceful: false }));

async function addTask(isQueued: boolean): Promise<string> {
  const id = newId();
  const input = { kind: "demonstration", model: "small" } as const;
  await insertTask(store.db, { id, kind: "demonstration", title: "test", input, unit: "steps", total: null });
  if (isQueued) await enqueue(queue, "task", { taskId: id });
  return id;
}

/** A loop that notes what it does; each piece ends when `finish` is called, or when it is handed back. */
function startLoop(workerId: string, concurrency: number) {
  const begun: string[] = [];
  const endings = new Map<string, () => void>();
  const errors: unknown[] = [];
  const task = async (work: HeldWork) => {
    begun.push(work.workId);
    await new Promise<void>((resolve) => {
      endings.set(work.workId, resolve);
      work.signal.addEventListener("abort", () => resolve());
    });
    if (!work.isHandedBack) await setTaskStatus(store.db, work.workId, "finished");
  };
  const unwanted = async () => {
    throw new Error("not of this loop's kinds");
  };
  const jobs = { task, run: unwanted, collection: unwanted, shard: unwanted };
  const loop = new WorkLoop({ store, queue, workerId, kinds: ["task"], concurrency, jobs, onError: (error) => errors.push(error) });
  onTestFinished(() => loop.stop());
  return { loop, begun, errors, finish: (id: string) => endings.get(id)?.() };
}

test("work is taken oldest first, so many pieces at a time, and each by one worker", async () => {
  const ids = [await addTask(true), await addTask(true), await addTask(true)];
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

test("work that is in no queue is found, as a dead worker leaves it", async () => {
  const id = await addTask(false);
  const { begun, finish } = startLoop("finder", 1);
  await eventually("the piece", async () => (begun.includes(id) ? true : undefined));
  finish(id);
});

test("what was handed back is gone on with before what came later", async () => {
  const [left, later] = [await addTask(false), await addTask(true)];
  const { begun, finish } = startLoop("returning", 1);
  for (const id of [left, later]) {
    await eventually("the piece", async () => (begun.includes(id) ? true : undefined));
    finish(id);
  }
  expect(begun).toEqual([left, later]);
});

test("a loop that stops hands back what it holds, for others to take at once", async () => {
  const id = await addTask(true);
  const first = startLoop("first", 1);
  await eventually("the piece", async () => (first.begun.includes(id) ? true : undefined));
  await first.loop.stop();
  const second = startLoop("second", 1);
  await eventually("the piece elsewhere", async () => (second.begun.includes(id) ? true : undefined));
  second.finish(id);
});

test("a piece that a worker declines is left to others, and not tried again", async () => {
  const id = await addTask(false);
  const begun: string[] = [];
  const errors: unknown[] = [];
  const decline = async (work: HeldWork) => {
    begun.push(work.workId);
    throw new DeclinedError("not here");
  };
  const jobs = { task: decline, run: decline, collection: decline, shard: decline };
  const unable = new WorkLoop({ store, queue, workerId: "unable", kinds: ["task"], concurrency: 1, jobs, onError: (e) => errors.push(e) });
  onTestFinished(() => unable.stop());
  await eventually("it is tried", async () => (begun.length > 0 && unable.held.length === 0 ? true : undefined));
  unable.wake();
  const able = startLoop("able", 1);
  await eventually("the piece elsewhere", async () => (able.begun.includes(id) ? true : undefined));
  able.finish(id);
  expect(begun).toEqual([id]);
  expect(errors).toEqual([expect.any(DeclinedError)]);
});
