import type { StepPass } from "@/server/engine/models/block";
import type { FrozenWeights } from "@/server/engine/models/frozen-weights";
import { adapt, type Projection, stepProject } from "@/server/engine/models/projection";
import { add, addBias } from "@/server/engine/tensor/arithmetic";
import { split } from "@/server/engine/tensor/layout";
import { rmsNorm } from "@/server/engine/tensor/normalise";
import { linearAdd, normLinear, stepLinear } from "@/server/engine/tensor/step";
import type { StepUpdate } from "@/server/engine/tensor/step-updates";
import type { Tensor } from "@/server/engine/tensor/tensor";

/** What the one-token steps of sub-layers are made of. */
type StepOperations = {
  /** Whether a projection has neither a bias nor a hook. */
  isPlain(projection: Projection): boolean;
  /** A matrix as steps read it. */
  forDecoding(matrix: Tensor): Tensor;
  /** A projection as steps read it. */
  decoding(projection: Projection): Projection;
  /** What the projection's hook adds to its product; undefined where a bias or the hook asks for the product itself. */
  updatesOf(projection: Projection): readonly StepUpdate[] | undefined;
  /**
   * Several projections of the norm of one input, adapted.
   *
   * @param gain the norm's weight; undefined where the input is read as it is
   * @param joined the weights of all of them under each other, where they are held so
   */
  normedTogether(input: Tensor, gain: Tensor | undefined, joined: Tensor | undefined, parts: readonly Projection[]): Tensor[];
  /** residual + the projection of the input, normed first where the architecture does */
  addProjected(projection: Projection, input: Tensor, gain: Tensor | undefined, residual: Tensor): Tensor;
};

const NO_UPDATES: readonly StepUpdate[] = [];

/**
 * What stands between two hooks is one operation where a kernel has it, since a step of so few rows is bound by the number of
 * operations once its weights are read.
 */
export function stepOperations(frozen: FrozenWeights, epsilon: number, { hooks, hookPass, dtype }: StepPass): StepOperations {
  const isPlain = ({ module, bias }: Projection) => bias === undefined && hooks?.at(module) === undefined;
  const forDecoding = (matrix: Tensor) => frozen.forDecoding(matrix, dtype);
  const decoding = (projection: Projection) => frozen.projectionForDecoding(projection, dtype);

  /** The normed input, and a product with each part of a joined matrix. */
  function products(
    input: Tensor,
    gain: Tensor | undefined,
    joined: Tensor,
    widths: readonly number[],
  ): { normed: Tensor; parts: Tensor[] } {
    const held = forDecoding(joined);
    if (gain !== undefined) return normLinear(input, gain, epsilon, held, widths);
    return { normed: input, parts: split(stepLinear(input, held), widths, 1) };
  }

  return {
    isPlain,
    forDecoding,
    decoding,
    updatesOf({ module, bias }) {
      if (bias !== undefined) return undefined;
      const hook = hooks?.at(module);
      return hook === undefined ? NO_UPDATES : hook.inStep?.(hookPass);
    },
    normedTogether(input, gain, joined, parts) {
      if (joined === undefined) {
        const normed = gain === undefined ? input : rmsNorm(input, gain, epsilon).y;
        return parts.map((part) => stepProject(decoding(part), normed, hooks, hookPass));
      }
      const widths = parts.map(({ dOut }) => dOut);
      const product = products(input, gain, joined, widths);
      return parts.map((part, i) => {
        const plain = product.parts[i] as Tensor;
        const base = part.bias === undefined ? plain : addBias(plain, part.bias);
        return adapt(part, product.normed, base, hooks, hookPass).output;
      });
    },
    addProjected(projection, input, gain, residual) {
      const held = decoding(projection);
      if (gain === undefined && isPlain(projection)) return linearAdd(input, held.weight, residual);
      const output = stepProject(held, input, hooks, hookPass);
      return add(residual, gain === undefined ? output : rmsNorm(output, gain, epsilon).y);
    },
  };
}
