import { refusedWithoutFactor } from "@/lib/contract/methods/baking-refusals";
import type { BakingRefusal } from "@/lib/contract/methods/method";

const refusedOfLora: BakingRefusal = (edit) =>
  edit.operation === "ablatePre" ? "A LoRA module has no TopK to mask before." : refusedWithoutFactor(edit);

const refusedOfDora: BakingRefusal = () =>
  "DoRA divides by norms that include every column of B, so baking an edit of one component would change the others.";

export const loraBaking = { lora: refusedOfLora, dora: refusedOfDora };
