import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import type { EvaluationMetrics, StepMetrics } from "@/lib/contract/run";
import { readAdapterConfig } from "@/server/files/adapters/adapter-folder";
import { readLabelNames } from "@/server/files/adapters/label-names";
import { openSafetensors } from "@/server/files/weights/safetensors";
import { fixturesFolder, references } from "@/tests/support/fixtures";
import { stanscope, stanscopeSucceeds } from "@/tests/support/stanscope";
import { temporaryFolder } from "@/tests/support/temporary-folder";
import { layTinyEncoderTraining, tinyEncoders } from "@/tests/support/tiny-encoder-training";
import type { TinyMethod } from "@/tests/support/tiny-training";

const fixtures = fixturesFolder ?? "";

function readLines<Line>(path: string): Line[] {
  return readFileSync(path, "utf8")
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));
}

function tensorNames(folder: string): string[] {
  const file = openSafetensors(join(folder, "adapter_model.safetensors"));
  const names = file.names();
  file.close();
  return [...names].sort();
}

const cases = tinyEncoders.flatMap((architecture) =>
  (["stan", "lora"] as const).map((method): [string, TinyMethod] => [architecture, method]),
);

describe.runIf(fixturesFolder)("headless training of an encoder with its head", references, () => {
  test.each(cases)("of %s with %s has the losses that PyTorch has, and the tensors that PEFT writes", async (architecture, method) => {
    const folder = temporaryFolder();
    const { config, reference } = layTinyEncoderTraining(fixtures, architecture, method, folder);
    const output = join(folder, "run");
    await stanscopeSucceeds("train", "--config", config, "--output", output);
    const metrics = readLines<StepMetrics>(join(output, "metrics.jsonl"));
    expect(metrics).toHaveLength(10);
    metrics.forEach(({ loss, labelTokens }, step) => {
      expect(Math.abs(loss - (reference.losses[step] ?? Number.NaN))).toBeLessThan(2e-5);
      expect(labelTokens).toBe(4);
    });
    if (method === "lora") expect(tensorNames(output)).toEqual(tensorNames(join(fixtures, "tiny", architecture, "lora-r4")));
    const { task_type, modules_to_save } = readAdapterConfig(output);
    expect([task_type, modules_to_save]).toEqual(["SEQ_CLS", ["classifier", "score"]]);
    expect(readLabelNames(output)).toEqual(["low", "middle", "high"]);
    const { cost } = JSON.parse(readFileSync(join(output, "run.json"), "utf8"));
    expect(cost.headParameters).toBe(architecture === "roberta" ? 64 * 64 + 64 + 64 * 3 + 3 : 64 * 3 + 3);
    const evaluations = readLines<EvaluationMetrics>(join(output, "evaluations.jsonl"));
    const [before, after] = evaluations;
    expect(evaluations.map(({ step }) => step)).toEqual([0, 10]);
    expect(after?.loss).toBeLessThan(before?.loss ?? 0);
    // The rows are the training's own: an answer by the classes' shares has their entropy.
    expect(after?.baseLoss).toBeCloseTo(entropyOf(join(folder, "rows.safetensors")), 6);
    expect(after?.answers?.map(({ name }) => name)).toEqual(["accuracy", "macroF1", "matthews"]);
  });

  test("refuses a task that is not the model's, and rows of one class", async () => {
    const folder = temporaryFolder();
    const { config } = layTinyEncoderTraining(fixtures, "bert", "lora", folder);
    const given = JSON.parse(readFileSync(config, "utf8"));
    const refusal = async (changes: object) => {
      writeFileSync(config, JSON.stringify({ ...given, ...changes }));
      const { status, errors } = await stanscope("train", "--config", config, "--output", join(folder, "run"));
      expect(status).toBe(1);
      return errors;
    };
    expect(await refusal({ task: undefined })).toMatch(/is an encoder, which does not generate text/);
    expect(await refusal({ model: join(fixtures, "tiny/llama") })).toMatch(/llama.*not a supported encoder.*bert, roberta, deberta-v2/);
    expect(await refusal({ task: { kind: "classification", labels: ["low", "high"] } })).toMatch(/label "2"/);
  });
});

/** Of the classes of a file's rows, nats. */
function entropyOf(path: string): number {
  const file = openSafetensors(path);
  const labels = [...file.readInts("labels")];
  file.close();
  const shares = [0, 1, 2].map((label) => labels.filter((one) => one === label).length / labels.length);
  return shares.reduce((sum, share) => sum - (share > 0 ? share * Math.log(share) : 0), 0);
}
