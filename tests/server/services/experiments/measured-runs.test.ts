import { expect, it, vi } from "vitest";
import { setRunCost } from "@/server/db/runs/runs";
import { readMeasurements } from "@/server/services/experiments/measured-speed";
import { comparedRun, someLora } from "@/tests/support/compared-run";
import { freshContext } from "@/tests/support/service-context";

const context = await freshContext();
const { store } = context;

it("finished runs whose steps were timed are read newest first, all with one query", async () => {
  const first = await comparedRun(store, { name: "first" });
  const second = await comparedRun(store, { name: "second", adapter: someLora });
  await comparedRun(store, { name: "running", status: "running" });
  const untimed = await comparedRun(store, { name: "untimed" });
  if (untimed.cost !== null) await setRunCost(store.db, untimed.id, { ...untimed.cost, medianStepMs: null });
  const query = vi.spyOn(store.pool, "query");
  const { measured } = await readMeasurements(context);
  expect(query).toHaveBeenCalledOnce();
  expect(measured.map(({ run, stepMs }) => [run.name, stepMs])).toEqual([
    ["second", 7],
    ["first", 7],
  ]);
  expect(measured[1]).toMatchObject({ run: { id: first.id }, config: first.config, load: { method: "stan", flopsPerToken: 13 } });
  expect(measured[0]?.config).toEqual(second.config);
});
