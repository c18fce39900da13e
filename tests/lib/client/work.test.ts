import { expect, it } from "vitest";
import { applyToWork } from "@/lib/client/work";
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
