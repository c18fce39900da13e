import type { BlockPass, StepPass } from "@/server/engine/models/block";
import type { Gradients } from "@/server/engine/models/projection-hook";
import { add } from "@/server/engine/tensor/arithmetic";
import { rmsNorm, rmsNormGrad } from "@/server/engine/tensor/normalise";
import type { Tensor } from "@/server/engine/tensor/tensor";
import type { SubLayer, SubLayerNorms } from "./sub-layer";

/** What the gradient of a norm reads; undefined where there is no norm. */
type SavedNorm = { readonly x: Tensor; readonly inverseRms: Tensor } | undefined;

export type SavedBranch<Saved> = { readonly before: SavedNorm; readonly after: SavedNorm; readonly inner: Saved };

export type ResidualBranch<Saved> = {
  forward(x: Tensor, pass: BlockPass): { y: Tensor; saved: SavedBranch<Saved> };
  backward(dy: Tensor, saved: SavedBranch<Saved>, pass: BlockPass, needsInput: boolean, gradients: Gradients): Tensor | undefined;
  isAdapted(saved: SavedBranch<Saved>): boolean;
  step(x: Tensor, pass: StepPass): Tensor;
};

/** x + after(subLayer(before(x))): a sub-layer with the norms that the architecture has around it. */
export function residualBranch<Saved>(subLayer: SubLayer<Saved>, norms: SubLayerNorms, epsilon: number): ResidualBranch<Saved> {
  function normed(x: Tensor, weight: Tensor | undefined): { y: Tensor; saved: SavedNorm } {
    if (weight === undefined) return { y: x, saved: undefined };
    const { y, inverseRms } = rmsNorm(x, weight, epsilon);
    return { y, saved: { x, inverseRms } };
  }

  return {
    forward(x, pass) {
      const before = normed(x, norms.before);
      const { output, saved: inner } = subLayer.forward(before.y, pass);
      const after = normed(output, norms.after);
      return { y: add(x, after.y), saved: { before: before.saved, after: after.saved, inner } };
    },
    backward(dy, { before, after, inner }, pass, needsInput, gradients) {
      const dOutput = after && norms.after ? rmsNormGrad(after.x, after.inverseRms, norms.after, dy) : dy;
      const dInput = subLayer.backward(dOutput, inner, pass, needsInput, gradients);
      if (dInput === undefined) return undefined;
      return before && norms.before ? rmsNormGrad(before.x, before.inverseRms, norms.before, dInput, dy) : add(dInput, dy);
    },
    isAdapted: ({ inner }) => subLayer.isAdapted(inner),
    step: (x, pass) => subLayer.step(x, norms, pass),
  };
}
