import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import {
  type FullBase,
  type FullConfigFile,
  fullFolder,
  fullTensorsOf,
  readFullFolder,
  writeFullFolder,
} from "@/server/files/adapters/full-folder";
import { openSafetensors, type TensorData, writeSafetensors } from "@/server/files/weights/safetensors";
import { temporaryFolder } from "@/tests/support/temporary-folder";

const config: FullConfigFile = {
  training: "full",
  format_version: 1,
  base_model_name_or_path: "tiny",
  revision: null,
  target_modules: ["q_proj", "v_proj"],
  layers_to_transform: null,
  fan_in_fan_out: false,
};
const base: FullBase = new Map([
  ["h.0.q_proj", { dIn: 3, dOut: 2, hasBias: true }],
  ["h.0.v_proj", { dIn: 3, dOut: 5, hasBias: false }],
]);
const modules = new Map([
  [
    "h.0.q_proj",
    {
      weight: { shape: [2, 3] as const, data: Float32Array.of(1, 2, 3, 4, 5, 6) },
      bias: { shape: [2] as const, data: Float32Array.of(7, 8) },
    },
  ],
  ["h.0.v_proj", { weight: { shape: [5, 3] as const, data: Float32Array.from({ length: 15 }, (_, i) => i / 7) } }],
]);

const head = new Map([["classifier.weight", { shape: [2, 3], data: Float32Array.of(1, -1, 2, -2, 3, -3) }]]);

function written(more: Partial<FullConfigFile> = {}): string {
  const folder = join(temporaryFolder(), "run");
  writeFullFolder(folder, fullFolder({ ...config, ...more }, modules));
  return folder;
}

function readFrom(folder: string) {
  return fullTensorsOf(folder, readFullFolder(folder), base);
}

function edit(folder: string, changes: Record<string, TensorData | undefined>): void {
  const file = openSafetensors(join(folder, "weights.safetensors"));
  const tensors = Object.fromEntries(
    file.names().map((name): [string, TensorData | undefined] => [name, { shape: file.shape(name), data: file.read(name) }]),
  );
  file.close();
  const kept = Object.entries({ ...tensors, ...changes }).flatMap(([name, tensor]) =>
    tensor === undefined ? [] : [[name, tensor] as const],
  );
  writeSafetensors(join(folder, "weights.safetensors"), Object.fromEntries(kept));
}

describe("a folder of weights that were trained whole", () => {
  it.each([false, true])("gives back what was written, stored as the checkpoint stores it (by input: %s)", (isByInput) => {
    const folder = written({ fan_in_fan_out: isByInput });
    const file = openSafetensors(join(folder, "weights.safetensors"));
    expect(file.names().sort()).toEqual(["h.0.q_proj.bias", "h.0.q_proj.weight", "h.0.v_proj.weight"]);
    expect(file.shape("h.0.q_proj.weight")).toEqual(isByInput ? [3, 2] : [2, 3]);
    expect([...file.read("h.0.q_proj.weight")]).toEqual(isByInput ? [1, 4, 2, 5, 3, 6] : [1, 2, 3, 4, 5, 6]);
    file.close();
    expect(readFullFolder(folder).config).toEqual({ ...config, fan_in_fan_out: isByInput });
    expect(readFrom(folder)).toEqual({ modules, head: new Map() });
  });

  it("holds a head by its own names, apart from the modules, or alone", () => {
    const folder = join(temporaryFolder(), "run");
    writeFullFolder(folder, fullFolder(config, modules, head));
    expect(readFrom(folder)).toEqual({ modules, head });
    const alone = join(temporaryFolder(), "run");
    writeFullFolder(alone, fullFolder({ ...config, training: "head", target_modules: null }, new Map(), head));
    expect(fullTensorsOf(alone, readFullFolder(alone), new Map())).toEqual({ modules: new Map(), head });
  });

  it("has sorted keys", () => {
    const keys = Object.keys(JSON.parse(readFileSync(join(written(), "full_config.json"), "utf8")));
    expect(keys).toEqual([...keys].sort());
    expect(keys).toHaveLength(7);
  });

  it.each<[string, Record<string, TensorData | undefined>, RegExp]>([
    ["a missing weight", { "h.0.v_proj.weight": undefined }, /weights.safetensors: is missing the tensor "h.0.v_proj.weight"/],
    ["a missing bias", { "h.0.q_proj.bias": undefined }, /is missing the tensor "h.0.q_proj.bias"/],
    [
      "another shape",
      { "h.0.q_proj.weight": { shape: [3, 2], data: new Float32Array(6) } },
      /has shape \[3, 2\], but the base model needs \[2, 3\]/,
    ],
    [
      "a value that is no number",
      { "h.0.q_proj.bias": { shape: [2], data: Float32Array.of(1, Number.NaN) } },
      /"h.0.q_proj.bias" holds NaN/,
    ],
  ])("is refused for %s", (_, changes, message) => {
    const folder = written();
    edit(folder, changes);
    expect(() => readFrom(folder)).toThrow(message);
  });

  it("is refused for a later format", () => {
    const folder = written();
    writeFileSync(join(folder, "full_config.json"), JSON.stringify({ ...config, format_version: 2 }));
    expect(() => readFrom(folder)).toThrow(/key "format_version": only version 1 is supported/);
  });
});
