import { existsSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import type { Matrix, Vector } from "@/lib/contract/methods/tensors";
import { createFolder, writeFileAtomically } from "@/server/files/atomic-write";
import { FileError } from "@/server/files/file-error";
import { readJsonObject } from "@/server/files/json-file";
import { openSafetensors, writeSafetensors } from "@/server/files/weights/safetensors";

const configName = "full_config.json";
export const fullWeightsName = "weights.safetensors";
/** What a folder of trained weights consists of. */
export const fullFiles: readonly string[] = [configName, fullWeightsName];

/** What was trained whole, and of which model. */
const fullConfigFile = z.looseObject({
  /** `full`: weights of projections, and the head where there is one; `head`: the head alone. */
  training: z.enum(["full", "head"]),
  format_version: z.literal(1, { error: "only version 1 is supported; this was written by a newer Stanscope" }),
  base_model_name_or_path: z.string().nullable(),
  revision: z.string().nullable(),
  /** Null for every projection of the model, or for none of a head alone. */
  target_modules: z.array(z.string().min(1)).min(1).nullable(),
  layers_to_transform: z.array(z.int()).nullable(),
  /** Whether the checkpoint stores weights by input, as GPT-2's Conv1D. */
  fan_in_fan_out: z.boolean(),
});
export type FullConfigFile = z.infer<typeof fullConfigFile>;

/** weight (dOut, dIn), bias (dOut) where the module has one. */
export type FullTensors = { readonly weight: Matrix; readonly bias?: Vector };

/** A head's tensors by the checkpoint's names. */
export type HeadTensors = ReadonlyMap<string, NamedTensor>;
type NamedTensor = { readonly shape: readonly number[]; readonly data: Float32Array };

export type FullFolder = {
  readonly config: FullConfigFile;
  /** By the base checkpoint's own names and in its orientation. */
  readonly tensors: ReadonlyMap<string, NamedTensor>;
};

/** The modules' sizes in the base model, in its order. */
export type FullBase = ReadonlyMap<string, { readonly dIn: number; readonly dOut: number; readonly hasBias: boolean }>;

/** As it is written: the trained modules, and a head's tensors beside them. */
export function fullFolder(config: FullConfigFile, modules: ReadonlyMap<string, FullTensors>, head: HeadTensors = new Map()): FullFolder {
  const tensors = new Map<string, NamedTensor>();
  for (const [module, { weight, bias }] of modules) {
    tensors.set(`${module}.weight`, config.fan_in_fan_out ? turned(weight) : weight);
    if (bias !== undefined) tensors.set(`${module}.bias`, bias);
  }
  for (const [name, tensor] of head) tensors.set(name, tensor);
  return { config, tensors };
}

/**
 * Writes weights that were trained whole: `weights.safetensors` with the base checkpoint's own names and orientation, so that in Python
 * `model.load_state_dict(load_file(…), strict=False)` puts them in place, and `full_config.json`. A new folder appears whole or not at all.
 *
 * @throws FileError when the disk is full
 */
export function writeFullFolder(folder: string, { config, tensors }: FullFolder): void {
  const write = (into: string): void => {
    writeSafetensors(join(into, fullWeightsName), Object.fromEntries(tensors), { format: "pt" });
    writeFileAtomically(join(into, configName), [JSON.stringify(config, Object.keys(config).sort(), 2)]);
  };
  if (existsSync(folder)) write(folder);
  else createFolder(folder, write);
}

/** Whether a folder holds weights that were trained whole, or a head alone; an adapter otherwise. */
export function isFullFolder(folder: string): boolean {
  return existsSync(join(folder, configName));
}

/** @throws FileError naming the file, and the key or tensor that is at fault */
export function readFullFolder(folder: string): FullFolder {
  const config = readConfig(join(folder, configName));
  const path = join(folder, fullWeightsName);
  const file = openSafetensors(path);
  try {
    const tensors = file.names().map((name): [string, NamedTensor] => {
      const data = file.read(name);
      const at = data.findIndex((value) => !Number.isFinite(value));
      if (at >= 0) throw new FileError("invalid", path, `tensor "${name}" holds ${data[at]}`);
      return [name, { shape: file.shape(name), data }];
    });
    return { config, tensors: new Map(tensors) };
  } finally {
    file.close();
  }
}

/**
 * Holds a folder's tensors against the base model.
 *
 * @param base the modules that the configuration's targets name in the base model
 * @returns the modules' weights by output, and what else there is: a head's tensors
 * @throws FileError naming the file and the tensor that is missing or of another shape
 */
export function fullTensorsOf(
  folder: string,
  { config, tensors }: FullFolder,
  base: FullBase,
): { readonly modules: Map<string, FullTensors>; readonly head: Map<string, NamedTensor> } {
  const path = join(folder, fullWeightsName);
  const head = new Map(tensors);
  const take = (name: string, shape: readonly number[]): Float32Array => {
    const found = tensors.get(name);
    head.delete(name);
    if (found === undefined) throw new FileError("invalid", path, `is missing the tensor "${name}"`);
    if (found.shape.join() === shape.join()) return found.data;
    const shapes = `[${found.shape.join(", ")}], but the base model needs [${shape.join(", ")}]`;
    throw new FileError("invalid", path, `tensor "${name}" has shape ${shapes}`);
  };
  const modules = [...base].map(([module, { dIn, dOut, hasBias }]): [string, FullTensors] => {
    const shape = config.fan_in_fan_out ? ([dIn, dOut] as const) : ([dOut, dIn] as const);
    const stored: Matrix = { shape, data: take(`${module}.weight`, shape) };
    const weight = config.fan_in_fan_out ? turned(stored) : stored;
    return [module, hasBias ? { weight, bias: { shape: [dOut], data: take(`${module}.bias`, [dOut]) } } : { weight }];
  });
  return { modules: new Map(modules), head };
}

function readConfig(path: string): FullConfigFile {
  const parsed = fullConfigFile.safeParse(readJsonObject(path));
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new FileError("invalid", path, `key "${issue?.path.join(".")}": ${issue?.message}`);
}

/** (rows, columns) → (columns, rows) */
function turned({ shape: [rows, columns], data }: Matrix): Matrix {
  const result = new Float32Array(data.length);
  for (let row = 0; row < rows; row++)
    for (let column = 0; column < columns; column++) result[column * rows + row] = data[row * columns + column] as number;
  return { shape: [columns, rows], data: result };
}
