import type { Edit, EditCondition, EditScope } from "@/lib/contract/edit";
import type { AdapterModule } from "@/server/engine/methods/methods";

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
  /** Where the whole update is 0, whatever else is asked. */
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
