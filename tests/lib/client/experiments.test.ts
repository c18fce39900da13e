import { QueryClient } from "@tanstack/react-query";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { changeExperiments, experimentQuery, experimentsQuery, readExperimentsAgain } from "@/lib/client/experiments";
import type { ExperimentDetail, ExperimentSummary } from "@/lib/contract/experiment";
import type { LiveChange } from "@/lib/contract/live-event";
import type { JobSummary } from "@/lib/contract/run";
import { runDetailFixture } from "@/tests/components/runs/run-detail-fixture";

const summary = (id: string): ExperimentSummary => ({
  id,
  name: id,
  status: "running",
  stage: "sweep",
  error: null,
  modelName: "a model",
  dataName: "data",
  arms: ["STAN"],
  done: 1,
  total: 4,
  createdAt: "",
  finishedAt: null,
});
const job: JobSummary = {
  id: "t",
  kind: "benchmark",
  title: "Benchmarks",
  status: "running",
  done: 1,
  total: 9,
  unit: "rows",
  message: "",
  error: null,
  createdAt: "",
};
const detail = (id: string, tasks: JobSummary[]) => ({ experiment: summary(id), tasks }) as unknown as ExperimentDetail;

let client: QueryClient;

beforeEach(() => {
  vi.useFakeTimers();
  client = new QueryClient();
  client.setQueryData(experimentsQuery().queryKey, [summary("one"), summary("two")]);
  client.setQueryData(experimentQuery("one").queryKey, detail("one", []));
  client.setQueryData(experimentQuery("two").queryKey, detail("two", [job]));
});
afterEach(() => {
  vi.runAllTimers();
  client.clear();
  vi.useRealTimers();
});

const { run } = runDetailFixture({ steps: 10, step: 2 });
const moved: LiveChange = { kind: "run", transaction: 4, run: { ...run, experiment: { id: "one", arm: 0, stage: "sweep", trial: 0 } } };

/** What is to be read again: the list, and each experiment. */
const stale = () =>
  [experimentsQuery(), experimentQuery("one"), experimentQuery("two")].map(({ queryKey }) => client.getQueryState(queryKey)?.isInvalidated);

it("a change of an experiment has it and the list read again at once", () => {
  changeExperiments(client, { kind: "experiment", transaction: 3, experiment: summary("two") });
  expect(stale()).toEqual([true, false, true]);
});

it("the progress of its runs and benchmarks has it read again a moment later, once", () => {
  const invalidate = vi.spyOn(client, "invalidateQueries");
  for (let step = 0; step < 20; step++) changeExperiments(client, moved);
  expect(stale()).toEqual([false, false, false]);
  vi.runAllTimers();
  expect(stale()).toEqual([true, true, false]);
  expect(invalidate).toHaveBeenCalledTimes(2);
  changeExperiments(client, { kind: "task", transaction: 5, task: job });
  vi.runAllTimers();
  expect(stale()).toEqual([true, true, true]);
});

it("runs and jobs of no experiment change nothing", () => {
  changeExperiments(client, { kind: "run", transaction: 4, run: { ...run, experiment: null } });
  changeExperiments(client, { kind: "task", transaction: 5, task: { ...job, id: "other" } });
  vi.runAllTimers();
  expect(stale()).toEqual([false, false, false]);
});

it("a stream that begins has all of them read again", () => {
  readExperimentsAgain(client);
  expect(stale()).toEqual([true, true, true]);
});
