import { QueryClient } from "@tanstack/react-query";
import { expect, it } from "vitest";
import { applyToWork, changeWork, workListQuery } from "@/lib/client/work";
import type { WorkItem, WorkPage } from "@/lib/contract/work";

const item: WorkItem = {
  id: "t1",
  kind: "measurement",
  job: "measureEffects",
  subject: "Effects",
  state: "queued",
  message: "",
  error: null,
  done: 0,
  total: null,
  unit: "latents",
  secondsLeft: null,
  createdAt: "",
  startedAt: null,
  endedAt: null,
  seconds: null,
  runId: "r1",
  studyId: null,
};
const page: WorkPage = { work: [item, { ...item, id: "t2" }], total: 2, open: 2, snapshot: { next: 1, open: [] } };

it("an event changes the line of its job, and no other", () => {
  const task = { id: "t1", kind: "measureEffects", title: "Effects", status: "running", done: 3, total: 8, unit: "passes" } as const;
  const changed = applyToWork(page, { kind: "task", transaction: 2, task: { ...task, message: "", error: null, createdAt: "" } });
  expect(changed.work[0]).toMatchObject({ state: "running", done: 3, total: 8, unit: "passes", subject: "Effects" });
  expect(changed.work[1]).toEqual(page.work[1]);
  const other = { ...task, id: "t9", message: "", error: null, createdAt: "" };
  expect(applyToWork(page, { kind: "task", transaction: 2, task: other })).toBe(page);
});

it("an experiment's line follows its runs and its stage", () => {
  const line: WorkItem = { ...item, id: "e1", kind: "experiment", job: null, subject: "a sweep", state: "running", unit: "runs" };
  const about = { name: "a sweep", modelName: "m", dataName: "d", arms: [], createdAt: "", finishedAt: null };
  const experiment = { ...about, id: "e1", status: "running" as const, stage: "final" as const, error: null, done: 5, total: 8 };
  const changed = applyToWork({ ...page, work: [line] }, { kind: "experiment", transaction: 2, experiment });
  expect(changed.work).toEqual([{ ...line, message: "final", done: 5, total: 8 }]);
});

it("a page that is to be read again stays so, whatever changes", () => {
  const client = new QueryClient();
  const { queryKey } = workListQuery({ kind: undefined, state: undefined, offset: 0 });
  client.setQueryData(queryKey, page);
  changeWork(client, { kind: "runRemoved", transaction: 2, runId: "r9" });
  changeWork(client, { kind: "metrics", transaction: 3, runId: "r8", metrics: [] });
  const task = { id: "t1", kind: "measureEffects", title: "Effects", status: "queued", done: 3, total: 8, unit: "passes" } as const;
  changeWork(client, { kind: "task", transaction: 4, task: { ...task, message: "", error: null, createdAt: "" } });
  expect(client.getQueryState(queryKey)?.isInvalidated).toBe(true);
  client.clear();
});
