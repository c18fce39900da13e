import { spawn } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { RunConfigInput } from "@/lib/contract/run-config";
import { stanscope, stanscopeSucceeds } from "@/tests/support/stanscope";
import { temporaryFolder } from "@/tests/support/temporary-folder";
import { eventually } from "@/tests/support/worker-process";

const stan: RunConfigInput["adapter"] = { method: "stan", numLatents: 23, k: 5, targets: { modules: ["q_proj", "v_proj"] } };

function writeConfig(folder: string, training: Partial<RunConfigInput["training"]> = {}, adapter = stan): string {
  const lines = Array.from({ length: 40 }, (_, row) => JSON.stringify({ text: `Line ${row} of the text says ${row * 13} again.` }));
  writeFileSync(join(folder, "texts.jsonl"), lines.join("\n"));
  const config: RunConfigInput = {
    model: "demo/model",
    data: { kind: "dataSet", path: join(folder, "texts.jsonl"), mapping: { kind: "text", text: "text" }, validationRows: 5 },
    adapter,
    training: { steps: 90, batchRows: 3, maxTokens: 32, learningRate: 2e-3, evaluateEvery: 40, checkpointEvery: 15, ...training },
  };
  const path = join(folder, "config.json");
  writeFileSync(path, JSON.stringify(config));
  return path;
}

function countLines(path: string): number {
  return existsSync(path) ? readFileSync(path, "utf8").split("\n").length - 1 : 0;
}

test.each<[string, RunConfigInput["adapter"], string[]]>([
  ["of STAN", stan, ["adapter_model.safetensors", "latent-record.safetensors"]],
  ["of STAN with BatchTopK", { ...stan, sparsity: "batchtopk" }, ["adapter_model.safetensors", "latent-record.safetensors"]],
  ["of whole weights", { method: "full", targets: { modules: ["v_proj", "down_proj"], layers: [1] } }, ["weights.safetensors"]],
])("headless training %s that was killed goes on with --resume to the very same bytes", async (_, adapter, files) => {
  const folder = temporaryFolder();
  const config = writeConfig(folder, {}, adapter);
  const [whole, broken] = [join(folder, "whole"), join(folder, "broken")];
  await stanscopeSucceeds("train", "--config", config, "--output", whole);
  const child = spawn(process.execPath, ["scripts/stanscope.mjs", "train", "--config", config, "--output", broken], { stdio: "ignore" });
  const ended = new Promise((resolve) => child.on("exit", resolve));
  await eventually("step 20", async () => (countLines(join(broken, "metrics.jsonl")) >= 20 ? true : undefined));
  child.kill("SIGKILL");
  await ended;
  expect(countLines(join(broken, "metrics.jsonl"))).toBeLessThan(90);
  await stanscopeSucceeds("train", "--config", config, "--output", broken, "--resume");
  for (const name of files) {
    const bytes = (run: string) => readFileSync(join(run, name));
    expect(bytes(broken).equals(bytes(whole))).toBe(true);
  }
  const steps = readFileSync(join(broken, "metrics.jsonl"), "utf8")
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line).step);
  expect(steps).toEqual(Array.from({ length: 90 }, (_, at) => at + 1));
});

test("a checkpoint is not gone on with under another configuration", async () => {
  const folder = temporaryFolder();
  await stanscopeSucceeds("train", "--config", writeConfig(folder, { steps: 15 }), "--output", join(folder, "run"));
  const { status, errors } = await stanscope(
    "train",
    "--config",
    writeConfig(folder, { steps: 20 }),
    "--output",
    join(folder, "run"),
    "--resume",
  );
  expect(status).toBe(1);
  expect(errors).toMatch(/another configuration/);
});

test.each([
  ["a context longer than the model's", { training: { maxTokens: 513 } }, /maxTokens is 513; the context of demo\/model holds 512/],
  ["a target that no module answers to", { adapter: { targets: { modules: ["query"] } } }, /"query" matches no module.*q_proj/],
  ["a setting of the wrong kind", { training: { steps: "many" } }, /config\.json: "training\.steps"/],
  ["data that is not there", { data: { path: "missing.jsonl" } }, /missing\.jsonl: no such file/],
  ["a column that is not there", { data: { mapping: { text: "body" } } }, /texts\.jsonl: row 0: has no column "body"/],
])("headless training refuses %s in one line, and writes nothing", async (_, changes, message) => {
  const folder = temporaryFolder();
  const path = writeConfig(folder);
  writeFileSync(path, JSON.stringify(merge(JSON.parse(readFileSync(path, "utf8")), changes)));
  const { status, errors } = await stanscope("train", "--config", path, "--output", join(folder, "run"));
  expect(status).toBe(1);
  expect(errors).toMatch(message);
  expect(errors.trim().split("\n")).toHaveLength(1);
  expect(existsSync(join(folder, "run"))).toBe(false);
});

type Json = { [key: string]: unknown };

function isObject(value: unknown): value is Json {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function merge(base: Json, changes: Json): Json {
  const merged = { ...base };
  for (const [key, value] of Object.entries(changes)) {
    const before = merged[key];
    merged[key] = isObject(value) && isObject(before) ? merge(before, value) : value;
  }
  return merged;
}
