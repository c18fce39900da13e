import type { Edit } from "@/lib/contract/edit";
import { type BakedForm, bakingRefusals } from "@/lib/contract/methods/methods";

/** An edit that cannot be written into an adapter, and why, in words for a person. */
export type Unbakeable = { readonly edit: Edit; readonly reason: string };

/**
 * Which of a list's edits can be written into the adapter's matrices exactly: those whose effect at every token is a fixed factor on a latent's column
 * of D (of B for LoRA), or a latent that is not there. `onlyIfFiring` takes nothing from a factor: where a latent does not fire, there is nothing to
 * multiply. Edits that are switched off count as neither.
 */
export function bakingOf(
  edits: readonly Edit[],
  form: BakedForm,
): { readonly baked: readonly Edit[]; readonly refused: readonly Unbakeable[] } {
  const on = edits.filter(({ isOn }) => isOn);
  const refused = on.flatMap((edit) => {
    const reason = bakingRefusals[form](edit);
    return reason === undefined ? [] : [{ edit, reason }];
  });
  return { baked: on.filter((edit) => refused.every((one) => one.edit !== edit)), refused };
}
