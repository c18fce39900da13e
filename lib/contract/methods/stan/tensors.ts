import type { Matrix } from "@/lib/contract/methods/tensors";

/** E (numLatents, dIn), D (dOut, numLatents). */
export type StanTensors = { readonly E: Matrix; readonly D: Matrix };
