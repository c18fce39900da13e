import { refusedWithoutFactor } from "@/lib/contract/methods/baking-refusals";
import type { BakingRefusal } from "@/lib/contract/methods/method";

/** A factor on a component is one on its entry of λ_d. */
const refusedOfVera: BakingRefusal = (edit) =>
  edit.operation === "ablatePre" ? "A VeRA module has no TopK to mask before." : refusedWithoutFactor(edit);

export const veraBaking = { vera: refusedOfVera };
