import { refusedWithoutFactor } from "@/lib/contract/methods/baking-refusals";
import type { BakingRefusal } from "@/lib/contract/methods/method";

const refusedOfLora: BakingRefusal = (edit) =>
  edit.operation === "ablatePre" ? "A LoRA module has no TopK to mask before." : refusedWithoutFactor(edit);

const refusedOfDora: BakingRefusal = () =>
  "A column of B is part of the norms that DoRA divides by: written into it, an edit of one component would change the others.";

export const loraBaking = { lora: refusedOfLora, dora: refusedOfDora };
