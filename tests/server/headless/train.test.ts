import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import type { StepMetrics } from "@/lib/contract/run";
import { readAdapter } from "@/server/files/adapters/adapter-folder";
import { fixturesFolder, references } from "@/tests/support/fixtures";
import { stanscope, stanscopeSucceeds } from "@/tests/support/stanscope";
import { temporaryFolder } from "@/tests/support/temporary-folder";
import { layTinyTraining } from "@/tests/support/tiny-training";

const fixtures = fixturesFolder ?? "";

function readMetrics(folder: string): StepMetrics[] {
  const lines = readFileSync(join(folder, "metrics.jsonl"), "utf8").trim().split("\n");
  return lines.map((line) => JSON.parse(line));
}

describe.runIf(fixturesFolder)("headless training", references, () => {
  test.each([
    ["llama", "stan"],
    ["llama", "lora"],
    ["qwen2", "stan"],
    ["qwen3", "lora"],
    ["olmo2", "stan"],
    ["smollm3", "lora"],
    ["mixtral", "stan"],
    ["phi3", "lora"],
    ["phi3-longrope", "stan"],
    ["gemma2", "lora"],
    ["gemma3_text", "stan"],
    ["gpt2", "lora"],
    ["gpt_neox", "stan"],
    ["gpt_neox-sequential", "lora"],
  ] as const)("of %s with %s has the losses and gradient norms that PyTorch has", async (architecture, method) => {
    const folder = temporaryFolder();
    const { config, reference } = layTinyTraining(fixtures, architecture, method, folder);
    const output = join(folder, "run");
    await stanscopeSucceeds("train", "--config", config, "--output", output);
    const metrics = readMetrics(output);
    expect(metrics.map(({ step }) => step)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
    metrics.forEach(({ loss, gradNorm }, index) => {
      expect(Math.abs(loss - (reference.losses[index] ?? Number.NaN))).toBeLessThan(2e-5);
      expect(Math.abs((gradNorm ?? Number.NaN) / (reference.grad_norms[index] ?? Number.NaN) - 1)).toBeLessThan(1e-3);
    });
    expect(readAdapter(output).tensors.size).toBeGreaterThan(0);
  });

  test("refuses a folder that holds a run, and a resume where there is none", async () => {
    const folder = temporaryFolder();
    const { config } = layTinyTraining(fixtures, "llama", "stan", folder);
    const output = join(folder, "run");
    expect((await stanscope("train", "--config", config, "--output", output, "--resume")).errors).toMatch(/contains no run to resume/);
    await stanscopeSucceeds("train", "--config", config, "--output", output);
    const again = await stanscope("train", "--config", config, "--output", output);
    expect(again.status).toBe(1);
    expect(again.errors).toMatch(/already contains a run/);
  });
});
