import { refusedWithoutFactor } from "@/lib/contract/methods/baking-refusals";
import type { BakingRefusal } from "@/lib/contract/methods/method";

/** A latent that is masked before TopK can be taken out of the matrices, if it is masked wherever it is kept. */
const refusedOfStan: BakingRefusal = (edit) => {
  const refused = refusedWithoutFactor(edit);
  if (refused !== undefined || edit.operation !== "ablatePre" || edit.onlyIfFiring !== true) return refused;
  return "A latent may hold a slot with an activation of 0, where it does not fire; masked wherever it is kept, it can be written.";
};

export const stanBaking = { stan: refusedOfStan };
