import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import type { EvaluationMetrics } from "@/lib/contract/run";
import { type RunConfigInput, runConfig } from "@/lib/contract/run-config";
import { startEngine } from "@/server/engine/tensor/backend";
import { liveTensors } from "@/server/engine/tensor/scope";
import { openSafetensors } from "@/server/files/weights/safetensors";
import { createRuntime } from "@/server/runtime/runtime";
import type { TrainingRecorder } from "@/server/runtime/training/training-events";
import { runTraining } from "@/server/runtime/training/training-session";
import type { HeldOutRow } from "@/server/runtime/training/training-task";
import { fixturesFolder, references } from "@/tests/support/fixtures";
import { temporaryFolder } from "@/tests/support/temporary-folder";
import { layTinyEncoderTraining } from "@/tests/support/tiny-encoder-training";

/** Trains in a folder; dies in the recorder, as a process would, once it has taken so many steps. */
async function trainIn(folder: string, configPath: string, diesAt: number) {
  await startEngine();
  const config = runConfig.parse(JSON.parse(readFileSync(configPath, "utf8")));
  const runtime = createRuntime(() => performance.now());
  const base = await runtime.base(config.model, "exact", "background");
  const before = liveTensors();
  const begun: { step: number; provenance: Readonly<Record<string, string>> }[] = [];
  const evaluations: EvaluationMetrics[] = [];
  let rows: readonly HeldOutRow[] = [];
  const nothing = async () => {};
  const recorder: TrainingRecorder = {
    begin: async (step, provenance) => void begun.push({ step, provenance }),
    step: async ({ step }) => {
      if (step === diesAt) throw new Error("killed");
    },
    evaluation: async (metrics, kept) => {
      evaluations.push(metrics);
      rows = kept;
    },
    health: nothing,
    cost: nothing,
    log: nothing,
    flush: nothing,
    checkpoint: nothing,
  };
  const training = runTraining({
    config,
    base: base.value,
    about: { baseModel: "tiny", revision: null },
    adapterFolder: join(folder, "adapter"),
    checkpointFolder: join(folder, "checkpoint"),
    isResumed: true,
    turns: runtime.turns,
    recorder,
    order: () => "continue",
    signal: new AbortController().signal,
  });
  const outcome = await training.catch((error: Error) => error.message);
  expect(liveTensors()).toBe(before);
  base.value.model.free();
  base.release();
  return { outcome, begun, evaluations, rows };
}

/** The same training by a method that starts from the base model. */
function withMethod(configPath: string, adapter: RunConfigInput["adapter"]): void {
  const { initAdapter: _, ...config } = JSON.parse(readFileSync(configPath, "utf8"));
  writeFileSync(configPath, JSON.stringify({ ...config, adapter }));
}

describe.runIf(fixturesFolder)("the training of an encoder with its head", references, () => {
  test.each<["full" | "head", RunConfigInput["adapter"], string[]]>([
    ["full", { method: "full" }, ["classifier.out_proj.weight", "roberta.encoder.layer.1.attention.self.query.bias"]],
    ["head", { method: "head" }, ["classifier.dense.bias", "classifier.out_proj.weight"]],
  ])("that died goes on from its checkpoint to the same bytes, with %s", async (method, adapter, some) => {
    const folder = temporaryFolder();
    const { config } = layTinyEncoderTraining(fixturesFolder ?? "", "roberta", "stan", folder);
    withMethod(config, adapter);
    const [whole, broken] = [join(folder, "whole"), join(folder, "broken")];
    const untroubled = await trainIn(whole, config, 99);
    expect(untroubled.outcome).toEqual({ status: "finished", step: 10 });
    expect((await trainIn(broken, config, 7)).outcome).toBe("killed");
    const resumed = await trainIn(broken, config, 99);
    expect(resumed.begun).toMatchObject([{ step: 4 }]);
    const bytes = (run: string) => readFileSync(join(run, "adapter", "weights.safetensors"));
    expect(bytes(broken).equals(bytes(whole))).toBe(true);
    expect(resumed.evaluations.at(-1)).toEqual(untroubled.evaluations.at(-1));
    const names = openSafetensors(join(whole, "adapter", "weights.safetensors")).names();
    expect(names).toEqual(expect.arrayContaining(some));
    expect(names).toHaveLength(method === "full" ? 4 + 2 * 2 * 6 : 4);
    const [first, last] = [untroubled.evaluations[0], untroubled.evaluations.at(-1)];
    expect(last?.loss).toBeLessThan(first?.loss ?? 0);
    // The answers that are kept by row are those that the metrics count.
    const right = untroubled.rows.filter(({ answer }) => answer !== undefined && answer.predicted === answer.target).length;
    expect(last?.answers?.find(({ name }) => name === "accuracy")?.value).toBe(right / (last?.rows ?? 0));
  });

  test.each(["stan", "lora"] as const)(
    "that died goes on from its checkpoint to the same bytes of adapter and head, with %s",
    async (method) => {
      const folder = temporaryFolder();
      const { config } = layTinyEncoderTraining(fixturesFolder ?? "", "roberta", method, folder);
      const [whole, broken] = [join(folder, "whole"), join(folder, "broken")];
      const never = 99;
      const untroubled = await trainIn(whole, config, never);
      expect(untroubled.outcome).toEqual({ status: "finished", step: 10 });
      expect(untroubled.begun[0]?.provenance).toMatchObject({ classes: "low, middle, high", head: "of the adapter it starts from" });
      expect((await trainIn(broken, config, 7)).outcome).toBe("killed");
      const resumed = await trainIn(broken, config, never);
      expect(resumed.begun).toMatchObject([{ step: 4, provenance: { head: "of the adapter it starts from" } }]);
      const bytes = (run: string) => readFileSync(join(run, "adapter", "adapter_model.safetensors"));
      expect(bytes(broken).includes("classifier.out_proj.weight")).toBe(true);
      expect(bytes(broken).equals(bytes(whole))).toBe(true);
      expect(resumed.evaluations.at(-1)).toEqual(untroubled.evaluations.at(-1));
    },
  );
});
