import type { Matrix, Vector } from "@/lib/contract/methods/tensors";

/** Trained: λ_d (rank), λ_b (dOut). Frozen and shared by all modules: A (rank, widest dIn), B (widest dOut, rank). */
export type VeraTensors = { readonly lambdaD: Vector; readonly lambdaB: Vector; readonly A: Matrix; readonly B: Matrix };
