import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { AdapterTensors } from "@/lib/contract/methods/methods";
import { toAdapterConfigFile } from "@/server/files/adapters/adapter-config";
import { type AdapterFolder, writeAdapter } from "@/server/files/adapters/adapter-folder";
import { openSafetensors, writeSafetensors } from "@/server/files/weights/safetensors";
import { layReferenceConfig } from "./reference-config";
import type { TinyMethod, TinyReference } from "./tiny-training";

export const tinyEncoders = ["bert", "roberta", "deberta-v2"] as const;
export const tinyImageEncoders = ["vit", "dinov2"] as const;

const classNames = ["low", "middle", "high", "higher", "highest"];

/**
 * Lays the training of a tiny encoder out as files: its rows in order with their classes, the adapter and the head that it starts from, and its
 * configuration.
 *
 * @returns the configuration's path and the reference's numbers
 */
export function layTinyEncoderTraining(
  fixtures: string,
  architecture: string,
  method: TinyMethod,
  folder: string,
): { config: string; reference: TinyReference } {
  const source = join(fixtures, "tiny", architecture);
  const expected = JSON.parse(readFileSync(join(source, "expected.json"), "utf8"));
  const file = openSafetensors(join(source, "expected.safetensors"));
  const flat = (name: string, kept: number) => {
    const shape = file.shape(name);
    const rows = shape.slice(0, shape.length - kept).reduce((product, size) => product * size, 1);
    return [rows, ...shape.slice(shape.length - kept)];
  };
  const ints = (name: string, kept: number) => ({ shape: flat(name, kept), data: file.readInts(name) });
  const inputs = file.names().includes("train.pixel_values")
    ? { pixel_values: { shape: flat("train.pixel_values", 3), data: file.read("train.pixel_values") } }
    : { input_ids: ints("train.input_ids", 1), attention_mask: ints("train.attention_mask", 1) };
  writeSafetensors(join(folder, "rows.safetensors"), { ...inputs, labels: ints("train.labels", 0) });
  const numLabels = file.shape("base.logits").at(-1) ?? 0;
  file.close();
  const adapter = settingsOf(method, expected);
  layStart(source, method, adapter, join(folder, "start"));
  const config = layReferenceConfig(
    folder,
    {
      model: source,
      task: { kind: "classification", labels: classNames.slice(0, numLabels) },
      data: { kind: "tokenRows", path: join(folder, "rows.safetensors"), validationPath: join(folder, "rows.safetensors") },
      adapter,
    },
    expected,
  );
  return { config, reference: expected[method] };
}

export function settingsOf(method: TinyMethod, expected: { targets: string[]; stan: { M: number; k: number; alpha: number } }) {
  const targets = { modules: expected.targets, layers: null };
  if (method === "lora") return { method, rank: 4, alpha: 8, targets } as const;
  const { M, k, alpha } = expected.stan;
  return { method, numLatents: M, k, alpha, selection: "signed", init: "small", targets } as const;
}

/** The adapter and the head that stand in the reference values before the first step, as a PEFT folder. */
export function layStart(source: string, method: TinyMethod, settings: ReturnType<typeof settingsOf>, folder: string): void {
  const file = openSafetensors(join(source, "expected.safetensors"));
  const prefix = method === "stan" ? "stan.init." : "lora.init.base_model.model.";
  const ending = method === "stan" ? ".E" : ".lora_A.default.weight";
  const matrix = (name: string) => {
    const [height = 0, width = 0] = file.shape(name);
    return { shape: [height, width] as const, data: file.read(name) };
  };
  const names = file.names().filter((name) => name.startsWith(prefix));
  const tensors = new Map<string, AdapterTensors>();
  const savedTensors: AdapterFolder["savedTensors"] = new Map();
  for (const name of names) {
    const inner = name.slice(prefix.length);
    if (inner.startsWith("classifier.")) {
      savedTensors.set(inner.replace("modules_to_save.default.", ""), { shape: file.shape(name), data: file.read(name) });
    } else if (inner.endsWith(ending)) {
      const module = inner.slice(0, -ending.length);
      if (method === "stan") tensors.set(module, { E: matrix(name), D: matrix(`${prefix}${module}.D`) });
      else tensors.set(module, { A: matrix(name), B: matrix(name.replace("lora_A", "lora_B")) });
    }
  }
  const saved = savedTensors.size === 0 ? { readsImages: true } : { modulesToSave: ["classifier", "score"] };
  const about = { baseModel: null, revision: null, fanInFanOut: false, ...saved };
  writeAdapter(folder, { config: toAdapterConfigFile(settings, about), tensors, savedTensors });
  file.close();
}
