import type { Edit } from "@/lib/contract/edit";
import { isInScope } from "@/server/engine/adapters/token-edits";
import type { Batch } from "@/server/engine/models/batch";
import type { StudiedEdit } from "./study-context";
import type { BatchActivations } from "./unchanged-states";

/**
 * The first position of a row whose activations an edit changes; undefined when it changes none, and the row then runs as it did:
 * its change is exactly 0.
 *
 * @param activations the latent's in the unchanged arm; undefined where that does not tell what the edit meets, and all positions in scope count as changed
 */
export function changedFrom(
  edit: StudiedEdit,
  { tokens, attentionMask, promptLengths }: Batch,
  row: number,
  activations: BatchActivations | undefined,
): number | undefined {
  const promptLength = promptLengths?.[row] ?? tokens;
  for (let position = 0; position < tokens; position++) {
    const at = row * tokens + position;
    if (attentionMask?.[at] === 0) return undefined;
    if (!isInScope(edit.scope, { position, promptLength, isSpecial: false })) continue;
    if (activations === undefined || isChanged(edit, activations[at] as number)) return position;
  }
  return undefined;
}

/**
 * Whether the activations of the unchanged arm are what a studied edit of a module meets: not where an edit that is always on
 * touches the module too, for then they come after it.
 */
export function tellsActivations(edits: readonly Edit[], module: string): boolean {
  return !edits.some(
    (edit) => edit.isOn && (edit.operation === "adapterOff" || ("latent" in edit ? edit.latent.module : edit.module) === module),
  );
}

/** @param activation NaN where the latent is not kept */
function isChanged(edit: StudiedEdit, activation: number): boolean {
  const isKept = !Number.isNaN(activation);
  const present = isKept ? activation : 0;
  switch (edit.operation) {
    case "ablatePre":
      return isKept;
    case "forceIn":
      return !isKept;
    case "ablatePost":
      return present !== 0;
    case "scale":
      return Math.fround(present * edit.value) !== present;
    default:
      if (edit.onlyIfFiring === true && present === 0) return false;
      if (edit.operation === "add") return Math.fround(present + edit.value) !== present;
      return edit.operation === "clamp" ? Math.fround(edit.value) !== present : Math.fround(edit.value) > present;
  }
}
