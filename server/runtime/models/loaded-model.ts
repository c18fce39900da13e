import { kindOfModel } from "./kinds/model-kinds";
import { type LoadedBase, loadBase, type Precision } from "./load-base-model";
import type { LoadedTop } from "./loaded-top";

/** A base model with what a run trained over it. */
export type LoadedModel = LoadedTop & { readonly base: LoadedBase };

/** Where a model is, and what runs over it: `folder` is undefined for the base model alone, with the head of its checkpoint. */
export type ModelPlace = { readonly path: string; readonly precision: Precision; readonly folder: string | undefined };

/**
 * Reads a base model and what a run trained over it into the engine, which must have been started.
 *
 * @throws FileError naming the file and what is wrong with it
 */
export function loadModel({ path, precision, folder }: ModelPlace): LoadedModel {
  const base = loadBase(path, precision);
  return { base, ...loadTop(base, folder) };
}

/**
 * Reads what a run trained, an adapter in PEFT layout or whole weights, with the head that was saved with it, for the model that it was trained for.
 *
 * @param folder undefined for the checkpoint's own head alone
 * @throws FileError naming the file and the tensor, also when they belong to another model
 */
export function loadTop(base: LoadedBase, folder: string | undefined): LoadedTop {
  return kindOfModel(base).loadTop(base, folder);
}
