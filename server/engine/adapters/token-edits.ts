import type { EditScope, LatentRef } from "@/lib/contract/edit";
import { activationOf, type HostActivations, type TokenActivations, tokenOf } from "@/server/engine/methods/activations";
import type { Ruling } from "@/server/engine/methods/attached-module";
import type { HookPass } from "@/server/engine/models/projection-hook";
import type { Run } from "./arm-runs";
import type { ConditionReadings } from "./condition-readings";
import type { ActivationEdit, EditTerms, ModuleEdits, SelectionEdit } from "./edits";

/** Where a token stands, and which it is. */
type TokenPlace = { readonly position: number; readonly promptLength: number; readonly isSpecial: boolean };

/** A latent's activation at one token, before any edit. */
type ReadActivation = (latent: LatentRef) => number;

export function isInScope(scope: EditScope, { position, promptLength }: TokenPlace): boolean {
  if (scope === "all") return true;
  if (scope === "prompt") return position < promptLength;
  if (scope === "generated") return position >= promptLength;
  return position >= scope.from && position <= scope.to;
}

/** The edits whose scope reaches a token, whatever they hang on there; undefined where there are none. */
function editsPlacedAt(edits: ModuleEdits, place: TokenPlace): ModuleEdits | undefined {
  return editsThat(edits, ({ scope, skipsSpecialTokens }) => isInScope(scope, place) && !(skipsSpecialTokens && place.isSpecial));
}

/** Of edits that reach a token, those whose conditions hold there. */
function editsThatHold(edits: ModuleEdits, module: string, read: ReadActivation): ModuleEdits | undefined {
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

/** One module's edits by token of a run, ascending; a token without any is absent. */
export type EditsByToken = ReadonlyMap<number, ModuleEdits>;

/** The edits whose scopes reach each token, whatever they hang on there. */
export function editsByPlace(module: string, { tokens, ids, positions, promptLengths }: HookPass, { from, arms }: Run): EditsByToken {
  const placed = new Map<number, ModuleEdits>();
  arms.forEach(({ editsByModule, isSpecial }, row) => {
    const edits = editsByModule.get(module);
    if (edits === undefined) return;
    const promptLength = promptLengths[from + row] ?? 0;
    for (let token = row * tokens; token < (row + 1) * tokens; token++) {
      const at = from * tokens + token;
      const place = { position: positions[at] ?? 0, promptLength, isSpecial: isSpecial?.(ids?.[at] ?? -1) ?? false };
      const own = editsPlacedAt(edits, place);
      if (own !== undefined) placed.set(token, own);
    }
  });
  return placed;
}

/** Of edits that reach their tokens, those whose conditions hold there. @throws RangeError as `ConditionReadings.read` */
export function editsByCondition(
  module: string,
  placed: EditsByToken,
  pass: HookPass,
  { from }: Run,
  readings: ConditionReadings,
): EditsByToken {
  const held = new Map<number, ModuleEdits>();
  for (const [token, edits] of placed) {
    const own = editsThatHold(edits, module, (latent) => readings.read(pass, latent, from * pass.tokens + token));
    if (own !== undefined) held.set(token, own);
  }
  return held;
}

/** Notes the module's activations before edits that edits of the same arm hang on, here or further up. */
export function recordConditions(
  module: string,
  before: HostActivations,
  pass: HookPass,
  { from, arms }: Run,
  readings: ConditionReadings,
): void {
  arms.forEach(({ conditionsByModule }, row) => {
    for (const index of conditionsByModule.get(module) ?? []) {
      for (let token = row * pass.tokens; token < (row + 1) * pass.tokens; token++) {
        readings.write(pass, { module, index }, from * pass.tokens + token, activationOf(tokenOf(before, token), index));
      }
    }
  });
}

/** What edits of the selection ask at one token; where a latent is both masked and forced in, the later in the list wins. */
export function rulingOf(edits: readonly SelectionEdit[]): Ruling {
  const last = new Map(edits.map(({ index, operation }) => [index, operation]));
  const indices = [...last.keys()];
  return {
    masked: new Set(indices.filter((index) => last.get(index) === "ablatePre")),
    forced: indices.filter((index) => last.get(index) === "forceIn").sort((a, b) => a - b),
  };
}

/**
 * One token's activations after changes of activations, which all work there, in their order; the selection is made before. Latents that a change
 * brings in are added in their place by index, so that the update sums in the same order as without edits.
 */
export function editToken(token: TokenActivations, edits: readonly ActivationEdit[]): TokenActivations {
  const changed = new Map<number, number>();
  for (const edit of edits) {
    if (edit.operation === "isolate") {
      for (const index of [...token.indices, ...changed.keys()]) if (!edit.indices.has(index)) changed.set(index, 0);
    } else changed.set(edit.index, editedActivation(edit, changed.get(edit.index) ?? activationOf(token, edit.index)));
  }
  return withActivations(token, changed);
}

/** A token whose whole update is 0. */
export function switchedOff({ indices }: TokenActivations): TokenActivations {
  return { indices, values: new Float32Array(indices.length) };
}

function editedActivation(edit: Exclude<ActivationEdit, { operation: "isolate" }>, activation: number): number {
  switch (edit.operation) {
    case "scale":
      return activation * edit.value;
    case "clamp":
      return edit.value;
    case "minClamp":
      return Math.max(activation, edit.value);
    case "add":
      return activation + edit.value;
    case "ablatePost":
      return 0;
  }
}

function withActivations({ indices, values }: TokenActivations, changed: ReadonlyMap<number, number>): TokenActivations {
  const entering = [...changed].filter(([index, value]) => value !== 0 && !indices.includes(index)).map(([index]) => index);
  if (entering.length === 0) return { indices, values: values.map((value, slot) => changed.get(indices[slot] as number) ?? value) };
  const merged = Int32Array.from([...indices, ...entering]).sort();
  return { indices: merged, values: Float32Array.from(merged, (index) => changed.get(index) ?? activationOf({ indices, values }, index)) };
}
