import { existsSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { createFolder, writeFileAtomically } from "@/server/files/atomic-write";
import { FileError } from "@/server/files/file-error";
import { readJsonObject } from "@/server/files/json-file";
import { openSafetensors, type SafetensorsFile, type TensorData, writeSafetensors } from "@/server/files/weights/safetensors";
import type { Matrix, Vector } from "./adapter-folder";

const configName = "full_config.json";
const weightsName = "weights.safetensors";

/** What was trained whole, and of which model. */
const fullConfigFile = z.looseObject({
  training: z.literal("full"),
  format_version: z.literal(1, { error: "only version 1 is known; a newer Stanscope wrote this" }),
  base_model_name_or_path: z.string().nullable(),
  revision: z.string().nullable(),
  target_modules: z.array(z.string().min(1)).min(1),
  layers_to_transform: z.array(z.int()).nullable(),
  /** Whether the checkpoint stores weights by input, as GPT-2's Conv1D. */
  fan_in_fan_out: z.boolean(),
});
export type FullConfigFile = z.infer<typeof fullConfigFile>;

/** weight (dOut, dIn), bias (dOut) where the module has one. */
export type FullTensors = { readonly weight: Matrix; readonly bias?: Vector };

/** The modules' sizes in the base model, in its order. */
export type FullBase = ReadonlyMap<string, { readonly dIn: number; readonly dOut: number; readonly hasBias: boolean }>;

/**
 * Writes weights that were trained whole: `weights.safetensors` with the base checkpoint's own names and orientation, so that in Python
 * `model.load_state_dict(load_file(…), strict=False)` puts them in place, and `full_config.json`. A new folder appears whole or not at all.
 *
 * @throws FileError when the disk is full
 */
export function writeFullWeights(folder: string, config: FullConfigFile, modules: ReadonlyMap<string, FullTensors>): void {
  const tensors: Record<string, TensorData> = {};
  for (const [module, { weight, bias }] of modules) {
    tensors[`${module}.weight`] = config.fan_in_fan_out ? turned(weight) : weight;
    if (bias !== undefined) tensors[`${module}.bias`] = bias;
  }
  const write = (into: string): void => {
    writeSafetensors(join(into, weightsName), tensors, { format: "pt" });
    writeFileAtomically(join(into, configName), [JSON.stringify(config, Object.keys(config).sort(), 2)]);
  };
  if (existsSync(folder)) write(folder);
  else createFolder(folder, write);
}

/**
 * @param base the modules that the configuration's targets name in the base model
 * @throws FileError naming the file and the key or tensor that is missing, superfluous or of another shape
 */
export function readFullWeights(folder: string, base: FullBase): { config: FullConfigFile; modules: Map<string, FullTensors> } {
  const config = readConfig(join(folder, configName));
  const path = join(folder, weightsName);
  const file = openSafetensors(path);
  try {
    const wanted = new Set([...base].flatMap(([module, { hasBias }]) => [`${module}.weight`, ...(hasBias ? [`${module}.bias`] : [])]));
    const stranger = file.names().find((name) => !wanted.has(name));
    if (stranger !== undefined)
      throw new FileError("invalid", path, `tensor "${stranger}" is none of the target modules of the base model`);
    const modules = [...base].map(([module, { dIn, dOut, hasBias }]): [string, FullTensors] => {
      const shape = config.fan_in_fan_out ? ([dIn, dOut] as const) : ([dOut, dIn] as const);
      const stored: Matrix = { shape, data: readTensor(path, file, `${module}.weight`, shape) };
      const weight = config.fan_in_fan_out ? turned(stored) : stored;
      return [module, hasBias ? { weight, bias: { shape: [dOut], data: readTensor(path, file, `${module}.bias`, [dOut]) } } : { weight }];
    });
    return { config, modules: new Map(modules) };
  } finally {
    file.close();
  }
}

function readConfig(path: string): FullConfigFile {
  const parsed = fullConfigFile.safeParse(readJsonObject(path));
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new FileError("invalid", path, `key "${issue?.path.join(".")}": ${issue?.message}`);
}

function readTensor(path: string, file: SafetensorsFile, name: string, shape: readonly number[]): Float32Array {
  if (!file.names().includes(name)) throw new FileError("invalid", path, `lacks the tensor "${name}"`);
  const found = file.shape(name);
  if (found.join() !== shape.join())
    throw new FileError(
      "invalid",
      path,
      `tensor "${name}" has shape [${found.join(", ")}], and the base model asks for [${shape.join(", ")}]`,
    );
  const data = file.read(name);
  const at = data.findIndex((value) => !Number.isFinite(value));
  if (at >= 0) throw new FileError("invalid", path, `tensor "${name}" holds ${data[at]}`);
  return data;
}

/** (rows, columns) → (columns, rows) */
function turned({ shape: [rows, columns], data }: Matrix): Matrix {
  const result = new Float32Array(data.length);
  for (let row = 0; row < rows; row++)
    for (let column = 0; column < columns; column++) result[column * rows + row] = data[row * columns + column] as number;
  return { shape: [columns, rows], data: result };
}
