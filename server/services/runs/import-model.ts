import { basename } from "node:path";
import type { ModelSummary } from "@/lib/contract/model";
import { listModels, readModel } from "@/server/db/library/models";
import type { ServiceContext } from "@/server/services/context";
import { ServiceError } from "@/server/services/errors";

/**
 * The model of this id; without one, the installed model whose name is that of the adapter's `base_model_name_or_path`.
 *
 * @throws ServiceError `invalid` at `modelId` when there is none, saying which base model the adapter names
 */
export async function chooseBaseModel(
  { store }: ServiceContext,
  modelId: string | undefined,
  statedName: string | null,
): Promise<ModelSummary> {
  if (modelId !== undefined) {
    const model = await readModel(store.db, modelId);
    return model ?? refuse(`There is no model "${modelId}". Add it on the Models page, or choose another.`);
  }
  if (statedName === null) refuse("The adapter's config names no base model: choose the one that it was trained on.");
  const named = (await listModels(store.db)).filter((model) => isNamed(model, statedName));
  const [only, other] = named;
  if (only === undefined) {
    refuse(`The adapter was trained on "${statedName}", but no installed model has this name: add it on the Models page, or choose one.`);
  }
  if (other !== undefined) refuse(`The adapter was trained on "${statedName}", and several installed models have this name: choose one.`);
  return only;
}

/** Whether a model's name or folder is the hub id or path that an adapter's file gives, or its last part. */
export function isNamed({ name, path }: Pick<ModelSummary, "name" | "path">, statedName: string): boolean {
  const last = (text: string) => basename(text.replaceAll("\\", "/")).toLowerCase();
  return [name.toLowerCase(), last(name), last(path)].includes(last(statedName)) || path === statedName;
}

function refuse(message: string): never {
  throw new ServiceError("invalid", message, { field: "modelId" });
}
