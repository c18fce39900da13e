import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { AdapterTensors } from "@/lib/contract/methods/methods";
import { toAdapterConfigFile } from "@/server/files/adapters/adapter-config";
import { writeAdapter } from "@/server/files/adapters/adapter-folder";
import { openSafetensors, writeSafetensors } from "@/server/files/weights/safetensors";
import { layReferenceConfig } from "./reference-config";

export type TinyMethod = "stan" | "lora";

/** What PyTorch and PEFT measured in ten steps of a tiny model. */
export type TinyReference = { losses: number[]; grad_norms: number[] };

/**
 * Lays the training of a tiny model out as files: its rows in order, the adapter that it starts from, and its configuration.
 *
 * @returns the configuration's path and the reference's numbers
 */
export function layTinyTraining(
  fixtures: string,
  architecture: string,
  method: TinyMethod,
  folder: string,
): { config: string; reference: TinyReference } {
  const source = join(fixtures, "tiny", architecture);
  const expected = JSON.parse(readFileSync(join(source, "expected.json"), "utf8"));
  const file = openSafetensors(join(source, "expected.safetensors"));
  const adapter = adapterConfigOf(method, expected);
  const rows = (name: string) => {
    const shape = file.shape(name);
    return { shape: [shape.slice(0, -1).reduce((product, size) => product * size, 1), shape.at(-1) ?? 0], data: file.readInts(name) };
  };
  writeSafetensors(join(folder, "rows.safetensors"), {
    input_ids: rows("train.input_ids"),
    labels: rows("train.labels"),
    attention_mask: rows("train.attention_mask"),
  });
  layTinyAdapter(source, method, method === "stan" ? "stan.init" : "lora.init", join(folder, "start"));
  file.close();
  const config = layReferenceConfig(
    folder,
    {
      model: source,
      data: { kind: "tokenRows", path: join(folder, "rows.safetensors") },
      adapter,
    },
    expected,
  );
  return { config, reference: expected[method] };
}

/** Writes the adapter that stands in a tiny model's reference values under a prefix, as a PEFT folder. */
export function layTinyAdapter(source: string, method: TinyMethod, prefix: string, folder: string): void {
  const expected = JSON.parse(readFileSync(join(source, "expected.json"), "utf8"));
  const file = openSafetensors(join(source, "expected.safetensors"));
  const matrix = (name: string) => {
    const [height = 0, width = 0] = file.shape(name);
    return { shape: [height, width] as const, data: file.read(name) };
  };
  const [head, ending] = method === "stan" ? [`${prefix}.`, ".E"] : [`${prefix}.base_model.model.`, ".lora_A.default.weight"];
  const tensors = new Map<string, AdapterTensors>();
  for (const name of file.names()) {
    if (!name.startsWith(head) || !name.endsWith(ending)) continue;
    const module = name.slice(head.length, -ending.length);
    if (method === "stan") tensors.set(module, { E: matrix(name), D: matrix(`${head}${module}.D`) });
    else tensors.set(module, { A: matrix(name), B: matrix(name.replace("lora_A", "lora_B")) });
  }
  const about = { baseModel: null, revision: null, fanInFanOut: source.endsWith("gpt2") };
  writeAdapter(folder, { config: toAdapterConfigFile(adapterConfigOf(method, expected), about), tensors });
  file.close();
}

function adapterConfigOf(method: TinyMethod, expected: { targets: string[]; stan: { M: number; k: number; alpha: number } }) {
  const targets = { modules: expected.targets, layers: null };
  if (method === "lora") return { method, rank: 4, alpha: 8, targets } as const;
  const { M, k, alpha } = expected.stan;
  return { method, numLatents: M, k, alpha, selection: "signed", init: "small", targets } as const;
}
