import { join } from "node:path";
import type { ModelSummary } from "@/lib/contract/model";
import { type AdapterFolder, modelPrefix, weightsName } from "@/server/files/adapters/adapter-folder";
import { FileError } from "@/server/files/file-error";
import { baseHead } from "./base-head";

type Saved = AdapterFolder["savedTensors"];

/**
 * How many labels the head gives that lies beside an adapter over an encoder, or that of the base model's own where none does: 1 is a regression.
 *
 * @param folder as a person knows it, for errors
 * @throws FileError naming the tensor that is missing, too many or of another shape, and what to do
 */
export function importedLabels(
  folder: string,
  { savedTensors }: Pick<AdapterFolder, "savedTensors">,
  model: Pick<ModelSummary, "name" | "path" | "architecture" | "dModel">,
): number {
  const path = join(folder, weightsName);
  const { scores, width, needed, possible, ownLabels } = baseHead(model);
  if (savedTensors.size === 0) {
    if (ownLabels !== undefined && needed.every((module) => module.startsWith("classifier."))) return ownLabels;
    throw new FileError(
      "invalid",
      path,
      `has no head, and neither does ${model.name}, so it cannot classify; train the adapter with task_type SEQ_CLS, or with "classifier" in modules_to_save`,
    );
  }
  const numLabels = savedTensors.get(`${scores}.weight`)?.shape[0];
  if (numLabels === undefined) throw new FileError("invalid", path, lacks(`${scores}.weight`, model.architecture));
  const shapes = new Map<string, readonly number[]>();
  const add = (module: string, dOut: number, dIn = model.dModel) =>
    shapes.set(`${module}.weight`, [dOut, dIn]).set(`${module}.bias`, [dOut]);
  add(scores, numLabels, width);
  for (const module of [...needed, ...possible.filter((module) => savedTensors.has(`${module}.weight`))]) add(module, model.dModel);
  demandTensors(path, savedTensors, shapes, model);
  return numLabels;
}

function demandTensors(
  path: string,
  saved: Saved,
  shapes: ReadonlyMap<string, readonly number[]>,
  { name, architecture }: Pick<ModelSummary, "name" | "architecture">,
): void {
  const stranger = [...saved.keys()].find((tensor) => !shapes.has(tensor));
  if (stranger !== undefined) {
    throw new FileError(
      "invalid",
      path,
      `holds "${modelPrefix}${stranger}" in full (modules_to_save), which is not part of a head for ${name}; train the adapter with "classifier" alone in modules_to_save`,
    );
  }
  for (const [tensor, shape] of shapes) {
    const found = saved.get(tensor);
    if (found === undefined) throw new FileError("invalid", path, lacks(tensor, architecture));
    if (found.shape.join() !== shape.join()) {
      throw new FileError(
        "invalid",
        path,
        `tensor "${modelPrefix}${tensor}" has shape [${found.shape.join(", ")}], but the head for ${name} needs [${shape.join(", ")}]; choose the base model that the adapter was trained on`,
      );
    }
  }
}

function lacks(tensor: string, architecture: string): string {
  const isPooler = tensor.includes("pooler.");
  const why = isPooler ? ": the base model has no pooler, so it was randomly initialised when the adapter was trained" : "";
  const module = isPooler ? '"classifier" and "pooler"' : '"classifier"';
  return `is missing "${modelPrefix}${tensor}" of the head of ${architecture}${why}; save the adapter with ${module} in modules_to_save`;
}
