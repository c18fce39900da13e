import type { EditScope, LatentRef } from "@/lib/contract/edit";
import type { EditTerms, ModuleEdits } from "./edits";

/** Where a token stands, and which it is. */
export type TokenPlace = { readonly position: number; readonly promptLength: number; readonly isSpecial: boolean };

/** A latent's activation at one token, before any edit. */
export type ReadActivation = (latent: LatentRef) => number;

export function isInScope(scope: EditScope, { position, promptLength }: TokenPlace): boolean {
  if (scope === "all") return true;
  if (scope === "prompt") return position < promptLength;
  if (scope === "generated") return position >= promptLength;
  return position >= scope.from && position <= scope.to;
}

/** The edits whose scope reaches a token, whatever they hang on there; undefined where there are none. */
export function editsPlacedAt(edits: ModuleEdits, place: TokenPlace): ModuleEdits | undefined {
  return editsThat(edits, ({ scope, skipsSpecialTokens }) => isInScope(scope, place) && !(skipsSpecialTokens && place.isSpecial));
}

/** Of edits that reach a token, those whose conditions hold there. */
export function editsThatHold(edits: ModuleEdits, module: string, read: ReadActivation): ModuleEdits | undefined {
  return editsThat(edits, ({ firing, onlyIf }) => {
    if (firing !== undefined && read({ module, index: firing }) === 0) return false;
    return onlyIf === undefined || read(onlyIf.latent) > onlyIf.above;
  });
}

/** Whether the module's update is 0 at a token that these edits reach, without any condition. */
export function isOffForSure({ off }: ModuleEdits): boolean {
  return off.some(({ onlyIf }) => onlyIf === undefined);
}

function editsThat(edits: ModuleEdits, holds: (terms: EditTerms) => boolean): ModuleEdits | undefined {
  const { off, selection, activations } = edits;
  if (off.every(holds) && selection.every(holds) && activations.every(holds)) return edits;
  const held = { off: off.filter(holds), selection: selection.filter(holds), activations: activations.filter(holds) };
  return held.off.length + held.selection.length + held.activations.length === 0 ? undefined : held;
}
