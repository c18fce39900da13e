import type { BlockPass, StepPass } from "@/server/engine/models/block";
import type { Projection } from "@/server/engine/models/projection";
import type { Gradients } from "@/server/engine/models/projection-hook";
import { addAll } from "@/server/engine/tensor/arithmetic";
import type { Tensor } from "@/server/engine/tensor/tensor";

/** Weights of the RMS norms around a sub-layer, (dModel) each: of what it reads, and of what it adds to the residual stream. */
export type SubLayerNorms = { readonly before: Tensor | undefined; readonly after: Tensor | undefined };

/** Attention or the MLP of a block. */
export type SubLayer<Saved> = {
  /** In the order of computation. */
  readonly projections: readonly Projection[];
  /** x (n, dModel), normed where the architecture does, to what is added to the residual stream. */
  forward(x: Tensor, pass: BlockPass): { output: Tensor; saved: Saved };
  /** Adds the adapters' gradients to `gradients`; gives the input's gradient when it is needed. */
  backward(dOutput: Tensor, saved: Saved, pass: BlockPass, needsInput: boolean, gradients: Gradients): Tensor | undefined;
  isAdapted(saved: Saved): boolean;
  /** One token a row, with the norms and the sum: x (rows, dModel) → (rows, dModel) */
  step(x: Tensor, norms: SubLayerNorms, pass: StepPass): Tensor;
};

export function sum(parts: readonly Tensor[]): Tensor | undefined {
  return parts.length < 2 ? parts[0] : addAll(parts);
}
