import { moduleName } from "@/components/latents/edit-words";
import { conditionRefusal } from "@/components/steering/edit-card/edit-context";
import { isLatentEdit, moduleOf, operationsFor } from "@/components/steering/edit-change";
import type { Edit, LatentRef } from "@/lib/contract/edit";
import type { CollectionModule } from "@/lib/contract/latent";
import type { BakedForm } from "@/lib/contract/methods/methods";
import { latentMethodOf } from "@/lib/contract/methods/methods";
import type { LatentMethod } from "@/lib/contract/run-config";

/** The run that edits are to be placed in; without modules, nothing is known of them and nothing is refused for them. */
export type EditHome = {
  readonly modules: readonly CollectionModule[];
  readonly method: LatentMethod;
  /** What its matrices are to baking; as the method says when absent. */
  readonly form?: BakedForm | undefined;
};

/** What of a file has no place in a run, and why. */
export type Unplaced = { readonly what: string; readonly reason: string };

/** Which of a list's edits the run can make. */
export function placedEdits(
  edits: readonly Edit[],
  home: EditHome,
): { readonly edits: readonly Edit[]; readonly unplaced: readonly Unplaced[] } {
  const unplaced: Unplaced[] = [];
  const placed = edits.filter((edit, place) => {
    const reason = refusalOf(edit, home);
    if (reason !== undefined) unplaced.push({ what: `Edit ${place + 1}, ${edit.operation}`, reason });
    return reason === undefined;
  });
  return { edits: placed, unplaced };
}

/** Why a run cannot make an edit; undefined where it can. */
export function refusalOf(edit: Edit, { modules, method }: EditHome): string | undefined {
  const { label, noun } = latentMethodOf({ method });
  if (!operationsFor(edit, method).includes(edit.operation)) return `${label} keeps all of its ${noun}s: it has no TopK to change.`;
  const condition = "onlyIf" in edit ? edit.onlyIf?.latent : undefined;
  const latents: LatentRef[] = condition === undefined ? [] : [condition];
  if (isLatentEdit(edit)) latents.push(edit.latent);
  else {
    const module = moduleOf(edit);
    const indices = edit.operation === "isolate" ? edit.indices : [0];
    if (module !== undefined) latents.push({ module, index: indices.reduce((most, index) => Math.max(most, index), 0) });
  }
  return latents.map((latent) => missing(latent, modules)).find((reason) => reason !== undefined) ?? laterCondition(edit, modules);
}

function laterCondition(edit: Edit, modules: readonly CollectionModule[]): string | undefined {
  const module = moduleOf(edit);
  const condition = "onlyIf" in edit ? edit.onlyIf?.latent.module : undefined;
  if (module === undefined || condition === undefined || conditionRefusal(condition, module, modules) === undefined) return undefined;
  return `Its condition is in ${moduleName(condition, modules)}, which is computed after ${moduleName(module, modules)}: choose a latent of an earlier module.`;
}

/** Why a run has no such latent. */
function missing({ module, index }: LatentRef, modules: readonly CollectionModule[]): string | undefined {
  if (modules.length === 0) return undefined;
  const found = modules.find(({ name }) => name === module);
  if (found === undefined) return `This run has no module ${module}.`;
  return index < found.numLatents ? undefined : `${module} has latents 0 – ${found.numLatents - 1}, not ${index}.`;
}
