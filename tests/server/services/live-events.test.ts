import { describe, expect, it, onTestFinished, vi } from "vitest";
import type { LiveEvent } from "@/lib/contract/live-event";
import type { StepMetrics } from "@/lib/contract/run";
import { includesTransaction } from "@/lib/contract/snapshot";
import { listenForEvents } from "@/server/db/events";
import { newId } from "@/server/db/new-id";
import { appendEvaluation, appendHealth, appendLog, appendMetrics } from "@/server/db/runs/run-progress";
import { deleteRun, setRunProgress, setRunStatus } from "@/server/db/runs/runs";
import { insertJob } from "@/server/db/work/jobs";
import type { ServiceContext } from "@/server/services/context";
import { getRun } from "@/server/services/runs/get-run";
import { LiveEvents } from "@/server/services/work/live-events";
import { freshDatabase } from "@/tests/support/database";
import { storedRun } from "@/tests/support/stored-collection";

const store = await freshDatabase();

async function following(runId?: string) {
  const live = new LiveEvents(store);
  const seen: LiveEvent[] = [];
  const closed = vi.fn();
  await live.subscribe({ ...(runId === undefined ? {} : { runId }), send: (event) => seen.push(event), close: closed });
  onTestFinished(() => live.close());
  const kinds = (kind: LiveEvent["kind"]) => seen.filter((event) => event.kind === kind);
  return { seen, kinds, closed };
}

function metricsAt(step: number): StepMetrics {
  return { step, loss: 5, gradNorm: 1, learningRate: 0.01, tokens: 11, labelTokens: 10, seconds: 1 };
}

describe("live events", () => {
  it("tell one run's listeners all that is measured, in order, and others' nothing of it", async () => {
    const id = await storedRun(store);
    const other = await storedRun(store);
    const one = await following(id);
    const all = await following();
    await setRunStatus(store.db, id, "running");
    await appendMetrics(store.db, id, [metricsAt(1), metricsAt(2)]);
    await appendMetrics(store.db, id, [metricsAt(3)]);
    await appendEvaluation(store.db, id, {
      step: 3,
      loss: 3,
      baseLoss: 4,
      rows: 2,
      labelTokens: 20,
      difference: -1,
      differenceHalfWidth: null,
      byDomain: [],
    });
    await appendHealth(store.db, id, {
      step: 3,
      windowTokens: 33,
      numLatents: 7,
      alive: 5,
      births: 1,
      deaths: 2,
      densityHistogram: [2, 5],
    });
    await appendLog(store.db, id, { step: 3, level: "info", message: "halfway" });
    await setRunStatus(store.db, other, "running");
    await vi.waitFor(() => expect(one.kinds("log")).toHaveLength(1), 20_000);
    await vi.waitFor(() => expect(all.seen.some((event) => event.kind === "run" && event.run.id === other)).toBe(true), 20_000);
    const steps = one.seen.flatMap((event) => (event.kind === "metrics" ? event.metrics.map(({ step }) => step) : []));
    expect(steps).toEqual([1, 2, 3]);
    expect(one.kinds("evaluation")).toMatchObject([{ runId: id, evaluation: { step: 3, loss: 3 } }]);
    expect(one.kinds("health")).toMatchObject([{ health: { alive: 5, deaths: 2 } }]);
    expect(one.seen.some((event) => event.kind === "run" && event.run.id === other)).toBe(false);
    expect(new Set(all.seen.map(({ kind }) => kind))).toEqual(new Set(["begin", "run"]));
  });

  it("join many changes of one run into few", async () => {
    const id = await storedRun(store);
    const one = await following(id);
    for (let step = 1; step <= 50; step++) await setRunProgress(store.db, id, { step, secondsLeft: 1 });
    await vi.waitFor(() => expect(one.seen.at(-1)).toMatchObject({ kind: "run", run: { step: 50 } }), 20_000);
    expect(one.seen.length).toBeLessThan(50);
  });

  it("tell of tasks and of runs that go", async () => {
    const id = await storedRun(store);
    const all = await following();
    const one = await following(id);
    const job = newId();
    const input = { kind: "demonstration", model: "small" } as const;
    await insertJob(store.db, { id: job, kind: "demonstration", title: "Demonstration", input, unit: "steps", total: 3 });
    await deleteRun(store.db, id);
    await vi.waitFor(() => expect(all.kinds("task")).toMatchObject([{ task: { id: job, status: "queued" } }]), 20_000);
    await vi.waitFor(() => expect(all.kinds("runRemoved")).toMatchObject([{ kind: "runRemoved", runId: id }]), 20_000);
    expect(one.kinds("task")).toEqual([]);
  });

  it("disconnect listeners when the connection was lost, and continue for those who reconnect", async () => {
    const id = await storedRun(store);
    const live = new LiveEvents(store);
    onTestFinished(() => live.close());
    const closed = vi.fn();
    await live.subscribe({ send: () => {}, close: closed });
    await store.pool.query("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'stanscope events'");
    await vi.waitFor(() => expect(closed).toHaveBeenCalled(), 20_000);
    const seen: LiveEvent[] = [];
    await live.subscribe({ send: (event) => seen.push(event), close: () => {} });
    await setRunStatus(store.db, id, "running");
    await vi.waitFor(() => expect(seen).toMatchObject([{ kind: "begin" }, { kind: "run", run: { id, status: "running" } }]), 20_000);
  });
});

describe("an answer and the events after it", () => {
  it("hold each change once: an answer says which changes it includes, one that was still open among those it does not", async () => {
    const id = await storedRun(store);
    const one = await following(id);
    const line = (message: string) => ({ step: 1, level: "info" as const, message });
    await appendLog(store.db, id, line("before"));
    let mayCommit = () => {};
    const isHeld = new Promise<void>((resolve) => {
      mayCommit = resolve;
    });
    const open = store.db.transaction(async (transaction) => {
      await appendLog(transaction, id, line("open"));
      await isHeld;
    });
    await vi.waitFor(async () => {
      const { rows } = await store.pool.query(
        "SELECT 1 FROM pg_stat_activity WHERE state = 'idle in transaction' AND backend_xid IS NOT NULL",
      );
      expect(rows).toHaveLength(1);
    }, 20_000);
    await appendLog(store.db, id, line("after"));
    const detail = await getRun({ store } as ServiceContext, id);
    mayCommit();
    await open;
    await vi.waitFor(() => expect(one.kinds("log")).toHaveLength(3), 20_000);
    expect(detail.log.map(({ message }) => message)).toEqual(["before", "after"]);
    const included = one.seen.flatMap((event) =>
      event.kind === "log" && includesTransaction(detail.snapshot, event.transaction) ? [event.line.message] : [],
    );
    expect(included.sort()).toEqual(["after", "before"]);
  });
});

describe("listenForEvents", () => {
  it("hears of a change when its transaction commits, and of none that is taken back", async () => {
    const heard: string[] = [];
    const stop = await listenForEvents(store.url, { onEvent: ({ kind }) => heard.push(kind), onGap: () => {} });
    onTestFinished(stop);
    const attempt = store.db.transaction(async (transaction) => {
      await insertJob(transaction, {
        id: newId(),
        kind: "addModel",
        title: "x",
        input: { kind: "demonstration", model: "small" },
        unit: "bytes",
        total: null,
      });
      throw new Error("taken back");
    });
    await expect(attempt).rejects.toThrow("taken back");
    await storedRun(store);
    await vi.waitFor(() => expect(heard).toEqual(["run"]), 20_000);
  });
});
