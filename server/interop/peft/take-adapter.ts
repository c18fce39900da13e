import { copyFileSync, existsSync } from "node:fs";
import { join } from "node:path";
import { ENCODER_NAMES } from "@/lib/contract/architectures/architectures";
import { type AdapterFolder, type BaseProjections, readAdapter, weightsName, writeAdapter } from "@/server/files/adapters/adapter-folder";
import { asFileError, FileError } from "@/server/files/file-error";
import { openSafetensors, type TensorData, writeSafetensors } from "@/server/files/weights/safetensors";
import { canonicalName } from "./tensor-names";

const configName = "adapter_config.json";

/**
 * Copies an adapter of any of PEFT's layouts into a folder as `save_pretrained` writes it, and holds it against the base model.
 *
 * @param into an empty folder
 * @throws FileError naming the file of `folder` and the key or tensor at fault
 */
export function takeAdapter(folder: string, into: string, base: BaseProjections): AdapterFolder {
  try {
    copyTensors(folder, into);
    copyFileSync(join(folder, configName), join(into, configName));
    const adapter = readAdapter(into, base);
    writeAdapter(into, adapter);
    return adapter;
  } catch (error) {
    throw underItsOwnName(asFileError(folder, error), into, folder);
  }
}

function copyTensors(folder: string, into: string): void {
  const path = join(folder, weightsName);
  if (!existsSync(path) && existsSync(join(folder, "adapter_model.bin"))) {
    throw new FileError(
      "invalid",
      join(folder, "adapter_model.bin"),
      "is a pickle, which can run code when loaded, and is not supported; load the adapter with PEFT and save it with save_pretrained",
    );
  }
  if (!existsSync(path)) throw new FileError("invalid", path, "is missing; choose the folder that PEFT's save_pretrained wrote");
  const file = openSafetensors(path);
  try {
    const tensors: Record<string, TensorData> = {};
    const sources = new Map<string, string>();
    for (const name of file.names()) {
      const canonical = canonicalName(name);
      const other = sources.get(canonical);
      if (other !== undefined)
        throw new FileError("invalid", path, `contains both "${other}" and "${name}", which are the same tensor: save the adapter again`);
      sources.set(canonical, name);
      tensors[canonical] = { shape: file.shape(name), data: file.read(name) };
    }
    writeSafetensors(join(into, weightsName), tensors, { format: "pt" });
  } finally {
    file.close();
  }
}

/** A causal model would run with its own modules in the place of saved ones. @throws FileError naming the first */
export function demandCausal(folder: string, { config, savedTensors }: Pick<AdapterFolder, "config" | "savedTensors">): void {
  if (config.task_type === "SEQ_CLS") {
    throw new FileError(
      "invalid",
      join(folder, configName),
      `key "task_type": "SEQ_CLS" is supported over encoders (${ENCODER_NAMES.join(", ")}) alone; over a causal language model CAUSAL_LM is`,
    );
  }
  demandNoHead(folder, { savedTensors });
}

/** @throws FileError naming the first module that was saved in full */
export function demandNoHead(folder: string, { savedTensors }: Pick<AdapterFolder, "savedTensors">): void {
  const [saved] = savedTensors.keys();
  if (saved === undefined) return;
  throw new FileError(
    "invalid",
    join(folder, weightsName),
    `holds "${saved}" in full (modules_to_save), which is supported over encoders alone; train the adapter without modules_to_save`,
  );
}

/** The same error about the file that a person knows. */
function underItsOwnName(error: unknown, into: string, folder: string): unknown {
  if (!(error instanceof FileError) || !error.path.startsWith(into)) return error;
  const problem = error.problem.replaceAll(into, folder);
  return new FileError(error.code, `${folder}${error.path.slice(into.length)}`, problem, { cause: error });
}
