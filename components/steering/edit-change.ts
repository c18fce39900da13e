import type { Edit, EditOperation, LatentRef } from "@/lib/contract/edit";
import { mayUse } from "@/lib/contract/methods/methods";
import type { LatentMethod } from "@/lib/contract/run-config";

/** An edit of one latent. */
export type LatentEdit = Extract<Edit, { latent: LatentRef }>;
/** An edit of one latent that has a value. */
export type ValueEdit = Extract<Edit, { value: number }>;
/** An edit of a whole module, or of all. */
export type ModuleEdit = Exclude<Edit, LatentEdit>;

const valueOperations = ["scale", "clamp", "minClamp", "add"] as const satisfies readonly EditOperation[];
const latentOperations = ["ablatePost", "ablatePre", ...valueOperations, "forceIn", "isolate", "moduleOff"] as const;

export function isLatentEdit(edit: Edit): edit is LatentEdit {
  return "latent" in edit;
}

export function isValueEdit(edit: Edit): edit is ValueEdit {
  return "value" in edit;
}

/** A latent as it enters the list: switched off after TopK, the plainest thing to try. */
export function newEdit(latent: LatentRef): Edit {
  return { operation: "ablatePost", latent, isOn: true, scope: "all" };
}

/** The module that an edit changes; undefined where it changes all. */
export function moduleOf(edit: Edit): string | undefined {
  if (isLatentEdit(edit)) return edit.latent.module;
  return edit.operation === "adapterOff" ? undefined : edit.module;
}

/**
 * What an edit can be turned into, what it is included. Where all latents are kept there is no TopK to be before or after. What names no latent, or more
 * than one, cannot become an edit of one.
 */
export function operationsFor(edit: Edit, method: LatentMethod): readonly EditOperation[] {
  if (edit.operation === "adapterOff") return ["adapterOff"];
  const offered = latentOperations.filter((operation) => mayUse(operation, method));
  if (isLatentEdit(edit)) return offered;
  if (edit.operation === "moduleOff") return ["moduleOff"];
  return edit.indices.length === 1 ? offered : ["isolate", "moduleOff"];
}

/**
 * The same edit with another operation: its switch, scope and conditions are kept where that has them, and a value where both have one.
 *
 * @param usual an activation that shows something, for a value that is to be set: the latent's 99th percentile, say
 * @throws RangeError when the edit cannot become that (`operationsFor`)
 */
export function withOperation(edit: Edit, operation: EditOperation, usual: number): Edit {
  if (edit.operation === operation) return edit;
  const { isOn, scope, skipsSpecialTokens } = edit;
  const places = { isOn, scope, ...(skipsSpecialTokens === undefined ? {} : { skipsSpecialTokens }) };
  if (operation === "adapterOff") return { operation, ...places };
  const module = moduleOf(edit);
  const index = isLatentEdit(edit) ? edit.latent.index : edit.operation === "isolate" ? edit.indices[0] : undefined;
  const onlyIf = "onlyIf" in edit && edit.onlyIf !== undefined ? { onlyIf: edit.onlyIf } : {};
  const lacks = `${edit.operation} names no latent, and ${operation} is of one`;
  if (module === undefined) throw new RangeError(lacks);
  if (operation === "moduleOff") return { operation, module, ...onlyIf, ...places };
  if (index === undefined) throw new RangeError(lacks);
  const common = { latent: { module, index }, ...onlyIf, ...places };
  switch (operation) {
    case "isolate":
      return { operation, module, indices: [index], ...onlyIf, ...places };
    case "ablatePost":
    case "ablatePre":
    case "forceIn":
      return { operation, ...common };
    case "scale":
      return { operation, value: 2, ...common };
    case "clamp":
    case "minClamp":
    case "add": {
      const had = isValueEdit(edit) && edit.operation !== "scale" ? edit.value : undefined;
      const firing = isLatentEdit(edit) && edit.onlyIfFiring === true ? { onlyIfFiring: true } : {};
      return { operation, value: had ?? Number(usual.toPrecision(3)), ...common, ...firing };
    }
  }
}

/** Whether `onlyIfFiring` changes what an edit does: the others do nothing at all where the latent does not fire. */
export function mayHangOnFiring(edit: Edit): edit is Extract<Edit, { onlyIfFiring?: boolean | undefined }> {
  return edit.operation === "clamp" || edit.operation === "minClamp" || edit.operation === "add";
}
