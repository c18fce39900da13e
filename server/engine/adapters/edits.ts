import type { Edit, EditCondition, EditScope, LatentRef } from "@/lib/contract/edit";
import { latentMethodOf, mayUse } from "@/lib/contract/methods/methods";
import type { AdapterModule } from "@/server/engine/methods/adapter-module";

/** Where and on what condition an edit works. */
export type EditTerms = {
  readonly scope: EditScope;
  readonly skipsSpecialTokens: boolean;
  /** The latent of the module that has to fire by itself. */
  readonly firing: number | undefined;
  readonly onlyIf: EditCondition | undefined;
};

/** A change of what TopK keeps. */
export type SelectionEdit = EditTerms & { readonly operation: "ablatePre" | "forceIn"; readonly index: number };

/** A change of what latents are worth once they are kept, or not. */
export type ActivationEdit = EditTerms &
  (
    | { readonly operation: "scale" | "clamp" | "minClamp" | "add"; readonly index: number; readonly value: number }
    | { readonly operation: "ablatePost"; readonly index: number }
    | { readonly operation: "isolate"; readonly indices: ReadonlySet<number> }
  );

/** What a list of edits asks of one module: of its whole update, then of the selection, then of activations, each in the listed order. */
export type ModuleEdits = {
  /** Where the whole update is 0, regardless of other edits. */
  readonly off: readonly EditTerms[];
  readonly selection: readonly SelectionEdit[];
  readonly activations: readonly ActivationEdit[];
};

/** The part of a list of edits that touches one module; undefined where none does, so that such a module runs as if there were no edits. */
export function editsOf(edits: readonly Edit[], module: AdapterModule): ModuleEdits | undefined {
  const off: EditTerms[] = [];
  const selection: SelectionEdit[] = [];
  const activations: ActivationEdit[] = [];
  for (const edit of edits) {
    if (!edit.isOn || !isOf(edit, module.module)) continue;
    const terms = termsOf(edit);
    switch (edit.operation) {
      case "adapterOff":
      case "moduleOff":
        off.push(terms);
        break;
      case "isolate":
        activations.push({ ...terms, operation: "isolate", indices: new Set(edit.indices) });
        break;
      case "ablatePre":
      case "forceIn":
        selection.push({ ...terms, operation: edit.operation, index: edit.latent.index });
        break;
      case "ablatePost":
        activations.push({ ...terms, operation: "ablatePost", index: edit.latent.index });
        break;
      default:
        activations.push({ ...terms, operation: edit.operation, index: edit.latent.index, value: edit.value });
    }
  }
  return off.length + selection.length + activations.length === 0 ? undefined : { off, selection, activations };
}

/** The module that an edit names; undefined when it is of the whole adapter. */
export function moduleOf(edit: Edit): string | undefined {
  if (edit.operation === "adapterOff") return undefined;
  return "latent" in edit ? edit.latent.module : edit.module;
}

/** What an edit hangs on beside its place; undefined when on nothing. */
export function conditionOf(edit: Edit): EditCondition | undefined {
  return "onlyIf" in edit ? edit.onlyIf : undefined;
}

function isOf(edit: Edit, module: string): boolean {
  const named = moduleOf(edit);
  return named === undefined || named === module;
}

function termsOf(edit: Edit): EditTerms {
  const needsFiring = "onlyIfFiring" in edit && edit.onlyIfFiring === true;
  return {
    scope: edit.scope,
    skipsSpecialTokens: edit.skipsSpecialTokens ?? false,
    firing: needsFiring ? edit.latent.index : undefined,
    onlyIf: conditionOf(edit),
  };
}

/**
 * @param modules the adapter's, in the order in which the model computes them
 * @param canTellSpecialTokens whether it is known which token ids are special
 * @throws RangeError when an edit names a module or latent that is not there, changes a selection where nothing is selected, hangs on a module
 *   that is computed after its own, or skips special tokens that nobody can tell
 */
export function demandEdits(edits: readonly Edit[], modules: readonly AdapterModule[], canTellSpecialTokens: boolean): void {
  for (const edit of edits) {
    const named = moduleOf(edit);
    const module = named === undefined ? undefined : demandModule(named, modules, "an edit names");
    if (!edit.isOn) continue;
    if (edit.skipsSpecialTokens === true && !canTellSpecialTokens) {
      throw new RangeError("an edit skips special tokens, but the arm does not say which tokens are special");
    }
    if (module !== undefined) demandOperation(edit, module, modules);
  }
}

function demandOperation(edit: Edit, module: AdapterModule, modules: readonly AdapterModule[]): void {
  if ("latent" in edit) demandIndex(edit.latent.index, module, "an edit names");
  if (edit.operation === "isolate") for (const index of edit.indices) demandIndex(index, module, "an edit isolates");
  if (edit.operation === "ablatePre" || edit.operation === "forceIn") demandSelection(edit.operation, module);
  const condition = conditionOf(edit);
  if (condition !== undefined) demandEarlier(condition.latent, module, modules);
}

function demandModule(name: string, modules: readonly AdapterModule[], does: string): AdapterModule {
  const found = modules.find(({ module }) => module === name);
  if (found !== undefined) return found;
  throw new RangeError(`${does} ${name}, but the adapter's modules are ${modules.map(({ module }) => module).join(", ")}`);
}

function demandIndex(index: number, { module, numLatents }: AdapterModule, does: string): void {
  if (index < numLatents) return;
  throw new RangeError(`${module} has latents 0…${numLatents - 1}, but ${does} ${index}`);
}

function demandSelection(operation: "ablatePre" | "forceIn", module: AdapterModule): void {
  if (mayUse(operation, module.method)) return;
  const why = `${module.module} is a ${latentMethodOf(module).label} module: all of its components are kept, so none can be`;
  throw new RangeError(
    operation === "ablatePre"
      ? `${why} masked before TopK; use ablatePost to remove one`
      : `${why} forced in; use clamp or add to raise one`,
  );
}

function demandEarlier({ module: name, index }: LatentRef, own: AdapterModule, modules: readonly AdapterModule[]): void {
  const other = demandModule(name, modules, "an edit depends on a latent of");
  demandIndex(index, other, "an edit's condition names");
  const place = modules.indexOf(own);
  if (modules.indexOf(other) <= place) return;
  const earlier = modules.slice(0, place + 1).map(({ module }) => module);
  throw new RangeError(
    `an edit of ${own.module} depends on a latent of ${name}, which is computed after it; it can depend on latents of ${earlier.join(", ")}`,
  );
}
