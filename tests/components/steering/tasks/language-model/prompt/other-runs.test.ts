import { expect, it } from "vitest";
import { otherRunsFor } from "@/components/steering/tasks/language-model/prompt/other-runs";
import type { RunSummary } from "@/lib/contract/run";
import { runDetailFixture } from "@/tests/components/runs/run-detail-fixture";

const { run } = runDetailFixture({ steps: 2, step: 2 });
const other = (id: string, change: Partial<RunSummary> = {}): RunSummary => ({ ...run, id, status: "finished", ...change });

it("offers runs that have an adapter over the same base model, LoRA first", () => {
  const runs = [
    other("r"),
    other("stan"),
    other("lora", { method: "lora" }),
    other("kept", { method: "lora", status: "stopped" }),
    other("going", { status: "running" }),
    other("elsewhere", { modelId: "m2" }),
  ];
  expect(otherRunsFor(run, runs).map(({ id }) => id)).toEqual(["lora", "kept", "stan"]);
});

it("goes by the model's name where the model itself is gone", () => {
  const gone = other("gone", { modelId: null });
  expect(otherRunsFor({ ...run, modelId: null }, [gone, other("named", { modelId: null, modelName: "big" })]).map(({ id }) => id)).toEqual([
    "gone",
  ]);
});
