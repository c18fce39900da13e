import { join } from "node:path";
import { type AdapterConfigFile, methodOfFile } from "@/lib/contract/methods/methods";
import { Adapter } from "@/server/engine/adapters/adapter";
import type { AdapterSettings } from "@/server/engine/methods/adapter-module";
import { methodOf } from "@/server/engine/methods/methods";
import type { CausalModel } from "@/server/engine/models/causal-model";
import type { Projection } from "@/server/engine/models/projection";
import { type AdapterFolder, readAdapter, weightsName } from "@/server/files/adapters/adapter-folder";
import { FileError } from "@/server/files/file-error";

/**
 * Reads an adapter in PEFT layout into the engine, for the model that it was trained for.
 *
 * @throws FileError naming the file and the key, also when the adapter belongs to another model
 */
export function loadAdapter(folder: string, model: CausalModel): Adapter {
  return adapterOf(readAdapterFor(folder, model), model.projections);
}

/** Reads an adapter's files and holds them against a model's projections. @throws FileError as `loadAdapter` */
export function readAdapterOver(folder: string, projections: readonly Pick<Projection, "module" | "dIn" | "dOut">[]): AdapterFolder {
  return readAdapter(folder, new Map(projections.map(({ module, dIn, dOut }) => [module, { dIn, dOut }])));
}

/** An adapter in the engine from what its folder holds. @throws Error when a module lacks its matrices */
export function adapterOf({ config, tensors }: AdapterFolder, projections: readonly Projection[]): Adapter {
  const settings = settingsOf(config);
  const modules = projections.filter(({ module }) => tensors.has(module)).map((place) => methodOf(settings).plan(settings, place));
  return new Adapter(modules, tensors, projections);
}

/**
 * The same of a model that continues text.
 *
 * @throws FileError as `loadAdapter`, and for modules that were saved in full: a causal model would run with its own instead
 */
export function readAdapterFor(folder: string, model: CausalModel): AdapterFolder {
  const adapter = readAdapterOver(folder, [...model.projections, ...(model.images?.unread ?? [])]);
  const [saved] = adapter.savedTensors.keys();
  if (saved !== undefined) {
    throw new FileError(
      "invalid",
      join(folder, weightsName),
      `holds "${saved}" in full (modules_to_save), which is not supported for causal models; train the adapter without modules_to_save`,
    );
  }
  return adapter;
}

function settingsOf(config: AdapterConfigFile): AdapterSettings {
  return { ...methodOfFile(config).peft.settings(config), targets: { modules: config.target_modules, layers: null } };
}
