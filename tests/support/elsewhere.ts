import { cpSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { upsertModel } from "@/server/db/library/models";
import { openSafetensors, type TensorData, writeSafetensors } from "@/server/files/weights/safetensors";
import { describeModel } from "@/server/runtime/models/describe-model";
import type { ServiceContext } from "@/server/services/context";
import { temporaryFolder } from "./temporary-folder";

const golden = "tests/golden";
const weights = "adapter_model.safetensors";

/**
 * A small model of tests/golden/models, or encoder of tests/golden/encoders, as the list has it.
 *
 * @param changes of its config.json: a copy is installed then
 */
export async function installModel({ store }: ServiceContext, name: string, changes?: Record<string, unknown>): Promise<string> {
  const id = `model-${name}`;
  const own = ["models", "encoders"].map((group) => join(golden, group, name)).find((folder) => existsSync(folder));
  if (own === undefined) throw new Error(`${golden} has no model ${name}`);
  const path = changes === undefined ? own : join(temporaryFolder(), name);
  if (changes !== undefined) {
    cpSync(own, path, { recursive: true });
    const config = join(path, "config.json");
    writeFileSync(config, JSON.stringify({ ...JSON.parse(readFileSync(config, "utf8")), ...changes }));
  }
  await upsertModel(store.db, { id, name: `someone/${name}`, revision: `sha256:${id}`, ...describeModel(path) });
  return id;
}

/** A copy of an adapter that PEFT saved, to be laid out or damaged: `llama-patterns` of tests/golden/stan-peft, say. */
export function copyAdapter(adapter: string, into = join(temporaryFolder(), "adapter")): string {
  mkdirSync(into, { recursive: true });
  for (const name of ["adapter_config.json", weights]) cpSync(join(golden, adapter, name), join(into, name));
  return into;
}

/** Rewrites an adapter's tensors. @param change gives the tensors under their new names */
export function changeTensors(folder: string, change: (tensors: Record<string, TensorData>) => Record<string, TensorData>): void {
  const file = openSafetensors(join(folder, weights));
  const tensors = Object.fromEntries(file.names().map((name) => [name, { shape: file.shape(name), data: file.read(name) }]));
  file.close();
  writeSafetensors(join(folder, weights), change(tensors), { format: "pt" });
}

export function renameTensors(folder: string, rename: (name: string) => string): void {
  changeTensors(folder, (tensors) => Object.fromEntries(Object.entries(tensors).map(([name, tensor]) => [rename(name), tensor])));
}

export function changeConfig(folder: string, changes: Record<string, unknown>): void {
  const path = join(folder, "adapter_config.json");
  writeFileSync(path, JSON.stringify({ ...JSON.parse(readFileSync(path, "utf8")), ...changes }));
}
