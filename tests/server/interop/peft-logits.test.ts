import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { startEngine } from "@/server/engine/tensor/backend";
import { readAdapter, writeAdapter } from "@/server/files/adapters/adapter-folder";
import { openSafetensors } from "@/server/files/weights/safetensors";
import { largestDifference } from "@/tests/server/engine/tiny";
import { adapterLogits, firstBatch, realTokens } from "@/tests/support/adapter-logits";
import { temporaryFolder } from "@/tests/support/temporary-folder";

const golden = "tests/golden";

/** Every adapter that PEFT saved into a folder of golden values, STAN's through the package in python/stanscope_peft. */
const cases = ["peft-logits", "stan-peft"].flatMap((group) =>
  readdirSync(join(golden, group), { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => `${group}/${name}`),
);

beforeAll(() => startEngine());

describe("an adapter that PEFT trained and saved", () => {
  test("is there for each architecture by both methods", () => {
    const methods = cases.map((name) => configOf(join(golden, name))["peft_type"]);
    const architectures = cases.map((name) => JSON.parse(readFileSync(join(baseOf(name), "config.json"), "utf8")).model_type);
    const found = new Set(cases.map((_, at) => `${methods[at]} ${architectures[at]}`));
    for (const architecture of ["mistral", "qwen2", "gpt2", "bert", "roberta", "deberta-v2"])
      for (const method of ["LORA", "STAN"]) expect(found).toContain(`${method} ${architecture}`);
  });

  test.each(cases)("%s gives PyTorch's logits", (name) => {
    const base = baseOf(name);
    const batch = firstBatch(join(base, "expected.safetensors"));
    const got = adapterLogits(base, join(golden, name), batch);
    const unadapted = adapterLogits(base, undefined, batch);
    const expected = openSafetensors(join(golden, name, "expected.safetensors")).read("logits");
    expect(largestDifference(got, expected.length === got.length ? expected : realTokens(expected, batch))).toBeLessThan(1e-5);
    expect(largestDifference(got, unadapted)).toBeGreaterThan(1e-2);
  });

  test.each(cases)("%s is written again as PEFT saved it: every key of the configuration, every tensor bit for bit", (name) => {
    const source = join(golden, name);
    const folder = join(temporaryFolder(), "again");
    writeAdapter(folder, readAdapter(source));
    expect(configOf(folder)).toEqual(configOf(source));
    expect(tensorsOf(folder)).toEqual(tensorsOf(source));
  });
});

/** The base model that the adapter's file names. */
function baseOf(name: string): string {
  const base = String(configOf(join(golden, name))["base_model_name_or_path"]);
  const folder = ["models", "encoders"].map((group) => join(golden, group, base)).find((path) => existsSync(path));
  if (folder === undefined) throw new Error(`${name} names no base model of ${golden}`);
  return folder;
}

function configOf(folder: string): Record<string, unknown> {
  return JSON.parse(readFileSync(join(folder, "adapter_config.json"), "utf8"));
}

function tensorsOf(folder: string) {
  const file = openSafetensors(join(folder, "adapter_model.safetensors"));
  const tensors = Object.fromEntries(file.names().map((name) => [name, { shape: file.shape(name), data: [...file.read(name)] }]));
  file.close();
  return tensors;
}
