import type { Matrix, Vector } from "@/lib/contract/methods/tensors";

/** A (rank, dIn), B (dOut, rank); of DoRA also a magnitude for each output. */
export type LoraTensors = { readonly A: Matrix; readonly B: Matrix; readonly magnitude?: Vector };
