import type { Edit, EditOperation, EditScope, LatentRef } from "@/lib/contract/edit";
import type { CollectionModule } from "@/lib/contract/latent";
import { latentKey, moduleKey, wholeLatentKey } from "@/lib/contract/latent-key";
import { latentMethodOf } from "@/lib/contract/methods/methods";
import type { LatentMethod } from "@/lib/contract/run-config";
import { formatInteger, formatPlural, formatSignificant } from "@/lib/numbers/format";

export function operationLabel(operation: EditOperation, method: LatentMethod): string {
  switch (operation) {
    case "scale":
    case "clamp":
    case "add":
    case "isolate":
      return operation;
    case "minClamp":
      return "min clamp";
    case "ablatePost":
      return latentMethodOf({ method }).hasTopK ? "ablate after TopK" : "ablate";
    case "ablatePre":
      return "ablate before TopK";
    case "forceIn":
      return "force in";
    case "moduleOff":
      return "module off";
    case "adapterOff":
      return "adapter off";
  }
}

/** What an edit does, with its value: `scale × 2.00`, `clamp 63.1`, `ablate`. */
export function operationAndValue(edit: Edit, method: LatentMethod): string {
  const operation = operationLabel(edit.operation, method);
  if (!("value" in edit)) return operation;
  return `${operation} ${edit.operation === "scale" ? "× " : ""}${formatSignificant(edit.value)}`;
}

/** What an operation does, in one line. */
export function operationWords(operation: EditOperation, method: LatentMethod): string {
  const { label, noun, hasTopK } = latentMethodOf({ method });
  switch (operation) {
    case "scale":
      return "multiply the activation where it fires";
    case "clamp":
      return "set the activation, whether or not it fires";
    case "minClamp":
      return "raise the activation to at least this, also where it does not fire";
    case "add":
      return "add to the activation (to 0 where it does not fire)";
    case "ablatePost":
      return hasTopK ? "0 where it fires; its slot stays empty" : "0 at every token";
    case "ablatePre":
      return hasTopK
        ? "masked where it would fire: with TopK the next latent is selected, with BatchTopK none is"
        : `${label} has no TopK to mask it before: choose ablate`;
    case "forceIn":
      return hasTopK
        ? "kept at its own pre-activation: with TopK it displaces the k-th latent, with BatchTopK none"
        : `${label} keeps all of its ${noun}s: there is nothing to force in`;
    case "isolate":
      return "all other latents of the module are 0";
    case "moduleOff":
      return "the module’s whole update is 0";
    case "adapterOff":
      return "every module’s update is 0: the base model";
  }
}

/** @param isOfPatches whether positions are those of a picture, which has others than patches */
export function scopeWords(scope: EditScope, isOfPatches = false): string {
  if (scope === "all") return isOfPatches ? "all patches" : "all tokens";
  if (typeof scope === "string") return scope;
  const one = isOfPatches ? "position" : "token";
  return scope.from === scope.to
    ? `${one} ${formatInteger(scope.from)}`
    : `${one}s ${formatInteger(scope.from)} – ${formatInteger(scope.to)}`;
}

/** `L12 v_proj`; the whole name of a module that the collection does not have. */
export function moduleName(module: string, modules: readonly CollectionModule[]): string {
  const known = modules.find(({ name }) => name === module);
  return known === undefined ? module : moduleKey(known);
}

/** `L12 v_proj #87`; with the whole name of a module that the collection does not have. */
export function latentName(latent: LatentRef, modules: readonly CollectionModule[]): string {
  const known = modules.find(({ name }) => name === latent.module);
  return known === undefined ? wholeLatentKey(latent) : latentKey({ ...known, index: latent.index });
}

/** What an edit is of, in a few words. */
export function subjectName(edit: Edit, modules: readonly CollectionModule[]): string {
  if ("latent" in edit) return latentName(edit.latent, modules);
  switch (edit.operation) {
    case "isolate":
      return `${moduleName(edit.module, modules)}, ${formatPlural(edit.indices.length, "latent")} only`;
    case "moduleOff":
      return `${moduleName(edit.module, modules)} off`;
    case "adapterOff":
      return "whole adapter off";
  }
}
