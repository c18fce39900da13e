import { activationOf, type TokenActivations } from "@/server/engine/methods/activations";
import type { ActivationEdit } from "./edits";

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
