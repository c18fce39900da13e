import type { Matrix, Vector } from "@/lib/contract/methods/tensors";

/** E (numLatents, dIn), D (dOut, numLatents); with BatchTopK also the threshold of inference. */
export type StanTensors = { readonly E: Matrix; readonly D: Matrix; readonly threshold?: Vector };
