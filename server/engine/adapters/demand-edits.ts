import type { Edit, LatentRef } from "@/lib/contract/edit";
import { conditionOf, moduleOf } from "./edits";
import type { AdapterModule } from "./settings";

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
  throw new RangeError(`${does} ${name}, and the adapter's modules are ${modules.map(({ module }) => module).join(", ")}`);
}

function demandIndex(index: number, { module, numLatents }: AdapterModule, does: string): void {
  if (index < numLatents) return;
  throw new RangeError(`${module} has latents 0…${numLatents - 1}, and ${does} ${index}`);
}

function demandSelection(operation: "ablatePre" | "forceIn", { module, method }: AdapterModule): void {
  if (method === "stan") return;
  const why = `${module} is a LoRA module: all of its components are kept, so none can be`;
  throw new RangeError(
    operation === "ablatePre"
      ? `${why} masked before TopK; use ablatePost to remove one`
      : `${why} forced in; use clamp or add to raise one`,
  );
}

function demandEarlier({ module: name, index }: LatentRef, own: AdapterModule, modules: readonly AdapterModule[]): void {
  const other = demandModule(name, modules, "an edit depends on a latent of");
  demandIndex(index, other, "an edit hangs on");
  const place = modules.indexOf(own);
  if (modules.indexOf(other) <= place) return;
  const earlier = modules.slice(0, place + 1).map(({ module }) => module);
  throw new RangeError(
    `an edit of ${own.module} depends on a latent of ${name}, which is computed after it; it can depend on latents of ${earlier.join(", ")}`,
  );
}
