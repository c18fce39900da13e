import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { RunConfigInput } from "@/lib/contract/run-config";
import { writeSafetensors } from "@/server/files/weights/safetensors";
import { writePackedLlama } from "@/tests/support/packed-llama";
import { stanscope, stanscopeSucceeds } from "@/tests/support/stanscope";
import { temporaryFolder } from "@/tests/support/temporary-folder";

/** Trains STAN for a few steps, and gives the loss of each. */
async function lossesOf(model: string, frozenDtype: RunConfigInput["frozenDtype"]): Promise<number[]> {
  const folder = temporaryFolder();
  const path = writeConfig(folder, model, frozenDtype);
  await stanscopeSucceeds("train", "--config", path, "--output", join(folder, "run"));
  const lines = readFileSync(join(folder, "run", "metrics.jsonl"), "utf8")
    .trim()
    .split("\n");
  return lines.map((line) => JSON.parse(line).loss);
}

function writeConfig(folder: string, model: string, frozenDtype: RunConfigInput["frozenDtype"]): string {
  const ids = { shape: [8, 12], data: Int32Array.from({ length: 96 }, (_, i) => (i * i + 3 * i) % 40) };
  writeSafetensors(join(folder, "rows.safetensors"), { input_ids: ids });
  const config: RunConfigInput = {
    model,
    frozenDtype,
    data: { kind: "tokenRows", path: join(folder, "rows.safetensors") },
    adapter: { method: "stan", numLatents: 24, k: 4, targets: { modules: ["q_proj", "v_proj"] } },
    training: { steps: 6, batchRows: 4, learningRate: 1e-2, checkpointEvery: 3 },
  };
  writeFileSync(join(folder, "config.json"), JSON.stringify(config));
  return join(folder, "config.json");
}

test("a training over weights as the GGUF file packs them takes the steps that it takes over the same weights in float32", async () => {
  const { path } = writePackedLlama([["", "Q4_0"]]);
  const [packed, dense] = [await lossesOf(path, "stored"), await lossesOf(path, "float32")];
  expect(packed).toHaveLength(6);
  packed.forEach((loss, step) => {
    expect(loss).toBeCloseTo(dense[step] as number, 4);
  });
});

test("a training over weights in NF4 learns", async () => {
  const losses = await lossesOf("demo/model", "nf4");
  expect(losses.at(-1)).toBeLessThan(losses[0] as number);
});

test("weights cannot stay as in a GGUF file where the model is none", async () => {
  const folder = temporaryFolder();
  const { status, errors } = await stanscope(
    "train",
    "--config",
    writeConfig(folder, "demo/model", "stored"),
    "--output",
    join(folder, "run"),
  );
  expect(status).toBe(1);
  expect(errors).toMatch(/is not a GGUF file, so its weights cannot stay as in one/);
});
