import type { FrozenWeights } from "@/server/engine/models/frozen-weights";
import { project, projectBackward, type SavedProjection } from "@/server/engine/models/projection";
import { siluMul, siluMulGrad } from "@/server/engine/tensor/activations";
import { concat, split } from "@/server/engine/tensor/layout";
import { normGatedLinear } from "@/server/engine/tensor/step";
import type { Tensor } from "@/server/engine/tensor/tensor";
import { stepOperations } from "./gated-step";
import type { JoinedWeights } from "./joined-weights";
import { type SubLayer, sum } from "./sub-layer";

export type SavedJoinedMlp = {
  readonly gate: Tensor;
  readonly up: Tensor;
  readonly gateUp: SavedProjection;
  readonly down: SavedProjection;
};

/** down(silu(gate) · up), with gate and up from one projection: the gate's outputs first. */
export function joinedMlp(
  { projections: { gateUp, down } }: JoinedWeights,
  frozen: FrozenWeights,
  normEpsilon: number,
): SubLayer<SavedJoinedMlp> {
  const halves = (joined: Tensor) => split(joined, [down.dIn, down.dIn], 1) as [Tensor, Tensor];
  return {
    projections: [gateUp, down],
    forward(x, { hooks, hookPass }) {
      const joined = project(gateUp, x, hooks, hookPass);
      const [gate, up] = halves(joined.output);
      const { output, saved } = project(down, siluMul(gate, up), hooks, hookPass);
      return { output, saved: { gate, up, gateUp: joined.saved, down: saved } };
    },
    backward(dOutput, saved, _, needsInput, gradients) {
      const needsGated = needsInput || saved.gateUp !== undefined;
      const dGated = sum(projectBackward(down, dOutput, saved.down, needsGated, gradients));
      if (dGated === undefined) return undefined;
      const { dGate, dUp } = siluMulGrad(saved.gate, saved.up, dGated);
      return sum(projectBackward(gateUp, concat([dGate, dUp], 1), saved.gateUp, needsInput, gradients));
    },
    isAdapted: (saved) => saved.gateUp !== undefined || saved.down !== undefined,
    step(x, { before, after }, pass) {
      const { isPlain, forDecoding, normedTogether, addProjected } = stepOperations(frozen, normEpsilon, pass);
      function gated(): Tensor {
        if (before !== undefined && isPlain(gateUp)) return normGatedLinear(x, before, normEpsilon, forDecoding(gateUp.weight));
        return siluMul(...halves(normedTogether(x, before, gateUp.weight, [gateUp])[0] as Tensor));
      }
      return addProjected(down, gated(), after, x);
    },
  };
}
