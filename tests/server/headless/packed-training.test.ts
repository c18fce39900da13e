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

test("what a run trained over weights in NF4 is evaluated, measured and collected over the same, unless another dtype is asked for", async () => {
  const folder = temporaryFolder();
  const at = (name: string) => join(folder, name);
  const config = writeConfig(folder, "demo/model", "nf4");
  await stanscopeSucceeds("train", "--config", config, "--output", at("run"));
  const texts = ["def add(a, b): return a + b", "Blessed are the merciful."].map((text) => `${JSON.stringify({ text })}\n`);
  writeFileSync(at("texts.jsonl"), texts.join(""));
  writeFileSync(at("benchmark.json"), JSON.stringify({ rows: { path: at("texts.jsonl") }, task: { kind: "languageModel" } }));
  const words = ["--model", "demo/model", "--adapter", at("run")];
  const rows = ["--input", at("texts.jsonl")];
  const written = async (verb: string, input: readonly string[], form: string, file = "") => {
    const dtype = form === "run" ? [] : ["--frozen-dtype", form];
    const output = at(`${verb}${input[0]}.${form}`);
    await stanscopeSucceeds(verb, ...words, ...input, ...dtype, "--output", output);
    return readFileSync(join(output, file), "utf8");
  };
  const evaluated = await written("evaluate", rows, "run");
  expect(await written("evaluate", rows, "nf4")).toBe(evaluated);
  expect(await written("evaluate", rows, "float32")).not.toBe(evaluated);
  const benchmark = ["--benchmark", at("benchmark.json")];
  expect(await written("evaluate", benchmark, "run")).not.toBe(await written("evaluate", benchmark, "float32"));
  expect(await written("collect", rows, "run", "latents.csv")).not.toBe(await written("collect", rows, "float32", "latents.csv"));
});

test("a dtype that weights cannot have is refused with those that they can", async () => {
  const words = ["--model", "demo/model", "--adapter", "none", "--input", "none", "--output", "none"];
  const { status, errors } = await stanscope("evaluate", ...words, "--frozen-dtype", "int8");
  expect(status).toBe(2);
  expect(errors).toMatch(/--frozen-dtype is float32, bfloat16, stored, or nf4/);
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
