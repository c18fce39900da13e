import { activationOf, type HostActivations, tokenOf } from "@/server/engine/methods/activations";
import type { HookPass } from "@/server/engine/models/projection-hook";
import type { Run } from "./arm-runs";
import type { ConditionReadings } from "./condition-readings";
import { editsPlacedAt, editsThatHold } from "./edit-places";
import type { ModuleEdits } from "./edits";

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
      const place = { position: positions[at] ?? 0, promptLength, isSpecial: isSpecial?.(ids[at] ?? -1) ?? false };
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
