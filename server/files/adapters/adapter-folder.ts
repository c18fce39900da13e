import { existsSync } from "node:fs";
import { join } from "node:path";
import { issueReason } from "@/lib/contract/issue-reason";
import type { ModuleShape, PeftTensor } from "@/lib/contract/methods/method";
import { type AdapterConfigFile, type AdapterTensors, methodOfFile, peftTypes } from "@/lib/contract/methods/methods";
import type { Matrix, Vector } from "@/lib/contract/methods/tensors";
import { createFolder, writeFileAtomically } from "@/server/files/atomic-write";
import { FileError } from "@/server/files/file-error";
import { readJsonObject } from "@/server/files/json-file";
import { openSafetensors, type TensorData, writeSafetensors } from "@/server/files/weights/safetensors";
import { adapterConfigFile } from "./adapter-config";
import { targetTest, unmatchedTargets } from "./adapter-targets";
import { type AdapterTensorFile, withLiveModules } from "./live-module-names";

export type AdapterFolder = {
  config: AdapterConfigFile;
  /** By module name as the base model has it (`model.layers.0.self_attn.q_proj`). */
  tensors: Map<string, AdapterTensors>;
  /** Full tensors of `modules_to_save`, by the base model's own names (`classifier.weight`). */
  savedTensors: Map<string, { readonly shape: readonly number[]; readonly data: Float32Array }>;
};

/** The adaptable projections of a base model, by module name. */
export type BaseProjections = ReadonlyMap<string, { readonly dIn: number; readonly dOut: number }>;

/** What stands before a module of the base model in tensor names. */
export const modelPrefix = "base_model.model.";
/** What stands before a tensor that all adapted modules share. */
export const sharedPrefix = "base_model.";
const configName = "adapter_config.json";
export const weightsName = "adapter_model.safetensors";
/** What an adapter in PEFT layout consists of. */
export const adapterFiles: readonly string[] = [configName, weightsName];

/**
 * Reads an adapter in PEFT layout and refuses what would otherwise silently not load.
 *
 * Shared tensors that the file leaves out are generated from its settings; the configuration then says that they are there.
 *
 * @param base with it, every target must exist in the base model, every targeted module must have its tensors, and the widths must agree
 * @throws FileError naming the file and the key
 */
export function readAdapter(folder: string, base?: BaseProjections): AdapterFolder {
  const given = readAdapterConfig(folder);
  const path = join(folder, weightsName);
  if (!existsSync(path) && existsSync(join(folder, "adapter_model.bin"))) {
    throw new FileError("notFound", path, "is missing; adapter_model.bin is not supported, save the adapter with safe_serialization=True");
  }
  const stored = openSafetensors(path);
  try {
    const storedModules = () => sortNames(path, given, stored.names()).modules;
    const { file, config } = withLiveModules(path, { file: stored, config: given }, storedModules, base?.keys() ?? []);
    const { modules, savedNames } = sortNames(path, config, file.names());
    checkTargets(folder, config, { modules: [...modules], saved: savedNames.map(moduleOf) }, base);
    const ordered = inBaseOrder(modules, base);
    const { config: whole, shared } = withShared(path, file, config, ordered, base);
    const tensors = new Map(
      ordered.map((module) => [module, readModule(path, file, config, { module, shared, widths: base?.get(module) })]),
    );
    const savedTensors = new Map(
      savedNames.map((name) => [name.slice(modelPrefix.length), { shape: file.shape(name), data: readFinite(path, file, name) }]),
    );
    checkSaved(path, config, savedTensors);
    return { config: whole, tensors, savedTensors };
  } finally {
    stored.close();
  }
}

/** @throws FileError naming the key of `adapter_config.json` that is missing, wrong or not supported */
export function readAdapterConfig(folder: string): AdapterConfigFile {
  const path = join(folder, configName);
  const parsed = adapterConfigFile.safeParse(readJsonObject(path));
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  if (issue === undefined) throw parsed.error;
  const key = issue.path.join(".");
  if (key === "peft_type") {
    const known = new Intl.ListFormat("en").format(peftTypes.map((type) => `"${type}"`));
    throw new FileError("invalid", path, `peft_type is not supported; supported: ${known}`);
  }
  throw new FileError("invalid", path, `key "${key}": ${issueReason(issue)}`);
}

/**
 * Writes an adapter in PEFT layout. A new folder appears whole or not at all; in one that exists each file is replaced atomically and
 * others are left alone.
 */
export function writeAdapter(folder: string, adapter: Pick<AdapterFolder, "config" | "tensors"> & Partial<AdapterFolder>): void {
  const tensors: Record<string, TensorData> = {};
  for (const [module, parts] of adapter.tensors) {
    for (const [part, tensor] of Object.entries<Matrix | Vector>(parts)) tensors[tensorName(module, adapter.config, part)] = tensor;
  }
  for (const [name, tensor] of adapter.savedTensors ?? []) tensors[`${modelPrefix}${name}`] = tensor;
  const write = (into: string): void => {
    writeSafetensors(join(into, weightsName), tensors, { format: "pt" });
    writeFileAtomically(join(into, configName), [JSON.stringify(sortKeys(adapter.config), null, 2)]);
  };
  if (existsSync(folder)) write(folder);
  else createFolder(folder, write);
}

function tensorName(module: string, config: AdapterConfigFile, part: string): string {
  const { key, isShared } = tensorOf(config, part);
  return isShared === true ? `${sharedPrefix}${key}` : `${modelPrefix}${module}.${key}`;
}

/** What a file with these settings says of a module's tensor. */
function tensorOf(config: AdapterConfigFile, part: string): PeftTensor {
  const { type, tensors } = methodOfFile(config).peft;
  const tensor = tensors[part];
  if (tensor === undefined) throw new Error(`a module of ${type} has no tensor ${part}`);
  return tensor;
}

/** Sorts the file's tensor names into adapted modules and saved tensors; a name that is neither is refused. */
function sortNames(path: string, config: AdapterConfigFile, names: readonly string[]): { modules: Set<string>; savedNames: string[] } {
  const { own, shared } = partsOf(config);
  const endings = own.map((part) => `.${tensorOf(config, part).key}`);
  const sharedNames = new Set(shared.map((part) => `${sharedPrefix}${tensorOf(config, part).key}`));
  const isTarget = targetTest(config);
  const modules = new Set<string>();
  const savedNames: string[] = [];
  for (const name of names.filter((one) => !sharedNames.has(one))) {
    const ending = endings.find((one) => name.endsWith(one));
    const module = name.slice(modelPrefix.length, name.length - (ending?.length ?? 0));
    if (!name.startsWith(modelPrefix)) throw new FileError("invalid", path, `tensor "${name}" does not begin with "${modelPrefix}"`);
    if (ending === undefined) {
      if (!isSaved(config, module))
        throw new FileError("invalid", path, `tensor "${name}" is not part of a ${config.peft_type} adapter with these settings`);
      savedNames.push(name);
    } else if (!isTarget(module)) {
      throw new FileError("invalid", path, `tensor "${name}" does not belong to any target module of ${configName}`);
    } else {
      modules.add(module);
    }
  }
  return { modules, savedNames };
}

/** Whether a parameter lies in a module that `modules_to_save` names by its last part. */
function isSaved(config: AdapterConfigFile, parameter: string): boolean {
  const parts = parameter.split(".");
  const owners = parts.slice(1).map((_, end) => parts.slice(0, end + 1).join("."));
  return (config.modules_to_save ?? []).some((name) => owners.some((owner) => owner === name || owner.endsWith(`.${name}`)));
}

/** The module of a saved tensor, `classifier.dense`. */
function moduleOf(name: string): string {
  return name.slice(modelPrefix.length, name.lastIndexOf("."));
}

/** @param found adapted modules of the file, and those that it holds in full: PEFT passes over targets among these */
function checkTargets(
  folder: string,
  config: AdapterConfigFile,
  { modules, saved }: { modules: readonly string[]; saved: readonly string[] },
  base: BaseProjections | undefined,
): void {
  const path = join(folder, configName);
  const known = base === undefined ? modules : [...base.keys()];
  const [unmatched] = unmatchedTargets(config, [...known, ...saved]);
  if (unmatched !== undefined) {
    const examples = [...new Set(known.map((module) => module.split(".").at(-1)))].slice(0, 12).join(", ");
    throw new FileError(
      "invalid",
      path,
      `target_modules: "${unmatched}" matches no module of the ${base === undefined ? "file" : "base model"}; its modules are ${examples}`,
    );
  }
  if (base === undefined) return;
  const stranger = modules.find((module) => !base.has(module));
  if (stranger !== undefined) {
    throw new FileError(
      "invalid",
      join(folder, weightsName),
      `adapts "${stranger}", which is not a linear projection of the base model's layers: the adapter is for another model, or this module is not supported`,
    );
  }
  const targeted = known.filter(targetTest(config));
  if (targeted.length === 0) throw new FileError("invalid", path, "layers_to_transform leaves no module of the base model to adapt");
  const missing = targeted.find((module) => !modules.includes(module));
  if (missing !== undefined)
    throw new FileError("invalid", join(folder, weightsName), `is missing the tensors of the target module "${missing}"`);
}

/** The parts in an adapter's file: those that each module has, and those that all share. */
function partsOf(config: AdapterConfigFile): { own: string[]; shared: string[] } {
  const parts = methodOfFile(config).peft.partsOf(config);
  const isShared = (part: string) => tensorOf(config, part).isShared === true;
  return { own: parts.filter((part) => !isShared(part)), shared: parts.filter(isShared) };
}

type StoredTensor = { readonly shape: readonly number[]; readonly data: Float32Array };
type SharedTensors = Readonly<Record<string, StoredTensor>>;

/** What all modules share, from the file or generated, with the configuration that says that it is there. */
function withShared(
  path: string,
  file: AdapterTensorFile,
  config: AdapterConfigFile,
  modules: readonly string[],
  base: BaseProjections | undefined,
): { readonly config: AdapterConfigFile; readonly shared: SharedTensors } {
  const { peft, moduleSizes } = methodOfFile(config);
  const [first = ""] = modules;
  if (peft.generated?.isLeftOut(config) === true) {
    if (base === undefined) {
      const names = Object.values(peft.tensors).flatMap(({ key, isShared }) => (isShared === true ? [key] : []));
      throw new FileError(
        "invalid",
        path,
        `leaves out ${names.join(" and ")}, which are generated for a base model; save them with the adapter`,
      );
    }
    const { file: whole, parts } = peft.generated.fill(config, widestOf(modules, base));
    return { config: whole, shared: parts };
  }
  const { width } = moduleSizes(peft.settings(config), first);
  const read = (part: string) => {
    const { shape } = tensorOf(config, part);
    return readTensor(
      path,
      file,
      tensorName(first, config, part),
      shape.map((size) => (size === "latents" ? width : undefined)),
    );
  };
  return { config, shared: Object.fromEntries(partsOf(config).shared.map((part) => [part, read(part)])) };
}

function widestOf(modules: readonly string[], base: BaseProjections): Pick<ModuleShape, "dIn" | "dOut"> {
  const widths = modules.flatMap((module) => base.get(module) ?? []);
  return { dIn: Math.max(...widths.map(({ dIn }) => dIn)), dOut: Math.max(...widths.map(({ dOut }) => dOut)) };
}

type ModuleToRead = {
  readonly module: string;
  readonly shared: SharedTensors;
  readonly widths: { readonly dIn: number; readonly dOut: number } | undefined;
};

function readModule(
  path: string,
  file: AdapterTensorFile,
  config: AdapterConfigFile,
  { module, shared, widths }: ModuleToRead,
): AdapterTensors {
  const { peft, moduleSizes } = methodOfFile(config);
  const sizes = new Map<string, number | undefined>([
    ["latents", moduleSizes(peft.settings(config), module).width],
    ["dIn", widths?.dIn],
    ["dOut", widths?.dOut],
    ["one", 1],
  ]);
  const tensors = partsOf(config).own.map((part) => {
    const { shape, meaning } = tensorOf(config, part);
    const tensor = readTensor(
      path,
      file,
      tensorName(module, config, part),
      shape.map((size) => sizes.get(size)),
      meaning,
    );
    for (const [place, size] of shape.entries()) sizes.set(size, tensor.shape[place]);
    return [part, tensor];
  });
  for (const [part, tensor] of Object.entries(shared)) {
    const wanted = tensorOf(config, part).shape.map((size) => sizes.get(size) ?? 0);
    if (wanted.some((size, place) => (tensor.shape[place] ?? 0) < size)) {
      throw new FileError(
        "invalid",
        path,
        `tensor "${tensorName(module, config, part)}" has shape [${tensor.shape.join(", ")}], but "${module}" takes [${wanted.join(", ")}] of it`,
      );
    }
  }
  // The parts and shapes are those that the settings' method has.
  return { ...Object.fromEntries(tensors), ...shared } as AdapterTensors;
}

/** @param expected a size that is undefined may be any */
function readTensor(
  path: string,
  file: AdapterTensorFile,
  name: string,
  expected: readonly (number | undefined)[],
  meaning?: string,
): StoredTensor {
  if (!file.names().includes(name)) {
    throw new FileError("invalid", path, `is missing the tensor "${name}"${meaning === undefined ? "" : `, ${meaning}`}`);
  }
  const shape = file.shape(name);
  const isAsExpected = shape.length === expected.length && shape.every((size, i) => size === (expected[i] ?? size));
  if (!isAsExpected) {
    const wanted = expected.map((size) => size ?? "any").join(", ");
    throw new FileError(
      "invalid",
      path,
      `tensor "${name}" has shape [${shape.join(", ")}], expected [${wanted}] from ${configName} and the base model`,
    );
  }
  return { shape, data: readFinite(path, file, name) };
}

function readFinite(path: string, file: AdapterTensorFile, name: string): Float32Array {
  const data = file.read(name);
  const at = data.findIndex((value) => !Number.isFinite(value));
  if (at >= 0) throw new FileError("invalid", path, `tensor "${name}" contains ${data[at]}; use an earlier checkpoint of the adapter`);
  return data;
}

function checkSaved(path: string, config: AdapterConfigFile, saved: ReadonlyMap<string, unknown>): void {
  const needsHead = config.task_type === "SEQ_CLS" || (config.modules_to_save ?? []).length > 0;
  if (needsHead && saved.size === 0) {
    const names = config.modules_to_save?.join(", ") ?? "classifier, score";
    throw new FileError(
      "invalid",
      path,
      `contains none of the modules that the task needs (${names}); save the adapter with modules_to_save`,
    );
  }
}

function inBaseOrder(modules: ReadonlySet<string>, base: BaseProjections | undefined): string[] {
  return base === undefined ? [...modules] : [...base.keys()].filter((module) => modules.has(module));
}

/** As Python's `json.dumps(sort_keys=True)`: at every depth. */
function sortKeys(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sortKeys);
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).filter(([, entry]) => entry !== undefined);
  return Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)).map(([key, entry]) => [key, sortKeys(entry)]));
}
