import { cpSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { type BaseProjections, readAdapter, writeAdapter } from "@/server/files/adapters/adapter-folder";
import { readAdapterSizes } from "@/server/files/adapters/adapter-sizes";
import { openSafetensors, writeSafetensors } from "@/server/files/weights/safetensors";
import { temporaryFolder } from "@/tests/support/temporary-folder";

/** As PEFT saved them; the widths are those of their base models' targets. */
const golden: readonly (readonly [folder: string, widths: (module: string) => { dIn: number; dOut: number }])[] = [
  [
    "tests/golden/peft/llama-vera",
    (module) => {
      if (module.endsWith("down_proj")) return { dIn: 22, dOut: 18 };
      return { dIn: 18, dOut: module.endsWith("q_proj") ? 30 : module.endsWith("v_proj") ? 10 : 22 };
    },
  ],
];

it.each(golden)("%s without its projections is given those that PEFT drew, to the last bit", (source, widths) => {
  const saved = readAdapter(source);
  const base: BaseProjections = new Map([...saved.tensors.keys()].map((module) => [module, widths(module)]));
  const folder = withoutProjections(source);
  const filled = readAdapter(folder, base);
  expect([...filled.tensors]).toEqual([...saved.tensors]);
  expect(filled.config).toEqual(saved.config);
  const copy = join(temporaryFolder(), "copy");
  writeAdapter(copy, filled);
  expect(namesOf(copy)).toEqual(namesOf(source));
  expect(readAdapterSizes(copy)).toEqual(new Map([...saved.tensors.keys()].map((module) => [module, 5])));
  expect(() => readAdapter(folder)).toThrow("leaves out vera_A and vera_B");
});

it.each(golden)("%s is refused for a base model that is wider than its projections", (source, widths) => {
  const { tensors } = readAdapter(source);
  const base: BaseProjections = new Map([...tensors.keys()].map((module) => [module, { ...widths(module), dIn: 23 }]));
  expect(() => readAdapter(source, base)).toThrow(/"base_model\.vera_A" has shape \[5, 22\], but ".*" takes \[5, 23\] of it/);
});

it("has one set of projections in memory for all modules", () => {
  const [first, ...others] = readAdapter("tests/golden/peft/llama-vera").tensors.values();
  expect(others.length).toBeGreaterThan(0);
  for (const other of others)
    expect("A" in other && first !== undefined && "A" in first && other.A).toBe(first !== undefined && "A" in first && first.A);
});

function withoutProjections(source: string): string {
  const folder = join(temporaryFolder(), "without");
  cpSync(source, folder, { recursive: true });
  const path = join(folder, "adapter_config.json");
  writeFileSync(path, JSON.stringify({ ...JSON.parse(readFileSync(path, "utf8")), save_projection: false }));
  const file = openSafetensors(join(source, "adapter_model.safetensors"));
  const own = file.names().filter((name) => !name.startsWith("base_model.vera_"));
  const tensors = Object.fromEntries(own.map((name) => [name, { shape: file.shape(name), data: file.read(name) }]));
  file.close();
  writeSafetensors(join(folder, "adapter_model.safetensors"), tensors, { format: "pt" });
  return folder;
}

function namesOf(folder: string): string[] {
  const file = openSafetensors(join(folder, "adapter_model.safetensors"));
  const names = file.names();
  file.close();
  return [...names].sort();
}
