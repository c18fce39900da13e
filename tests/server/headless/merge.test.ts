import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { stanscope, stanscopeSucceeds } from "@/tests/support/stanscope";
import { temporaryFolder } from "@/tests/support/temporary-folder";

const sample = "demo/sample/adapter";
const model = ["--model", "demo/model"];

it("merges adapters by their weights into one that any command reads, and says how they interfere", async () => {
  const folder = temporaryFolder();
  const at = (name: string) => join(folder, name);
  const texts = ["One and two are three.", "He paid the fine and went home.", "x = [1, 2, 3]"];
  writeFileSync(at("rows.jsonl"), texts.map((text) => `${JSON.stringify({ text })}\n`).join(""));
  const asked = ["--adapters", `${sample},${sample}`, "--weights", "1.5,-0.5", "--input", at("rows.jsonl"), "--output", at("merged")];
  const told = await stanscopeSucceeds("merge", ...model, ...asked);
  expect(told).toMatch(/^2 adapters merged: 2.048 latents in 2 modules\nrows.jsonl: loss \d\.\d{4} with base\n/);
  expect(JSON.parse(readFileSync(at("merged/adapter_config.json"), "utf8"))).toMatchObject({ num_latents: 1024, stan_format_version: 3 });
  const table = readFileSync(at("merged/interference.csv"), "utf8").trim().split("\n");
  expect(table.map((line) => line.split(",")[1])).toEqual(["arm", "base", "adapter", "adapter", "merged"]);
  // 1.5 times the adapter minus half of it is the adapter.
  const evaluate = async (adapter: string, output: string) => {
    await stanscopeSucceeds("evaluate", ...model, "--adapter", adapter, "--input", at("rows.jsonl"), "--output", at(output));
    return JSON.parse(readFileSync(at(output), "utf8")).adapter.loss;
  };
  expect(await evaluate(at("merged"), "merged.json")).toBeCloseTo(await evaluate(sample, "sample.json"), 4);
});

it("asks for a weight of each adapter", async () => {
  const asked = ["--adapters", `${sample},${sample}`, "--weights", "1", "--output", join(temporaryFolder(), "merged")];
  const { status, errors } = await stanscope("merge", ...model, ...asked);
  expect([status, errors]).toEqual([2, expect.stringContaining("--weights has 1 numbers for 2 adapters")]);
});
