import { expect, it, onTestFinished, vi } from "vitest";
import type { LiveEvent } from "@/lib/contract/live-event";
import { workQuery } from "@/lib/contract/work";
import { cancelExperiment, removeExperiment } from "@/server/services/experiments/end-experiment";
import { listWork } from "@/server/services/work/list-work";
import { LiveEvents } from "@/server/services/work/live-events";
import { experimentSteps } from "@/tests/support/experiment-steps";
import { freshContext } from "@/tests/support/service-context";

const context = await freshContext();
const { started, advance, trialsOf, end } = experimentSteps(context);

it("live events tell of an experiment as its runs end, when it ends and when it is removed; the list of work has the same counts", async () => {
  const live = new LiveEvents(context.store);
  const seen: LiveEvent[] = [];
  await live.subscribe({ send: (event) => seen.push(event), close: () => {} });
  onTestFinished(() => live.close());
  const told = (experiment: object) =>
    vi.waitFor(() => expect(seen.findLast(({ kind }) => kind === "experiment")).toMatchObject({ experiment }), 20_000);
  const id = await started();
  await told({ id, status: "running", stage: "sweep", done: 0, total: 8 });
  await advance(id);
  const [first] = await trialsOf(id, "sweep");
  await end(first ?? expect.fail("no trial"), "failed");
  await told({ id, done: 1, total: 8 });
  const { work } = await listWork(context, workQuery.parse({ kind: "experiment" }));
  expect(work).toMatchObject([{ id, state: "running", done: 1, total: 8 }]);
  await cancelExperiment(context, id);
  await told({ id, status: "cancelled" });
  await removeExperiment(context, id);
  await vi.waitFor(() => expect(seen.at(-1)).toMatchObject({ kind: "experimentRemoved", experimentId: id }), 20_000);
});

it("the list of work runs one query at a time on its connection: PostgreSQL's client warns of more", async () => {
  for (let more = 0; more < 3; more++) await started();
  const warn = vi.spyOn(process, "emitWarning");
  const { work } = await listWork(context, workQuery.parse({ kind: "experiment" }));
  expect(work.map(({ done, total }) => [done, total])).toEqual([
    [0, 8],
    [0, 8],
    [0, 8],
  ]);
  expect(warn).not.toHaveBeenCalled();
});
