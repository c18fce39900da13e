import type { JoinedConfig } from "@/lib/contract/architectures/decoder-config";
import type { FrozenWeights } from "@/server/engine/models/frozen-weights";
import { gateOf } from "@/server/engine/models/gate";
import { project, projectBackward, type SavedProjection } from "@/server/engine/models/projection";
import { concat, split } from "@/server/engine/tensor/layout";
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

/** down(activation(gate) · up), with gate and up from one projection: the gate's outputs first. */
export function joinedMlp(
  { gateActivation, normEpsilon }: JoinedConfig,
  { projections: { gateUp, down } }: JoinedWeights,
  frozen: FrozenWeights,
): SubLayer<SavedJoinedMlp> {
  const gateWith = gateOf(gateActivation);
  const halves = (joined: Tensor) => split(joined, [down.dIn, down.dIn], 1) as [Tensor, Tensor];
  return {
    projections: [gateUp, down],
    forward(x, { hooks, hookPass }) {
      const joined = project(gateUp, x, hooks, hookPass);
      const [gate, up] = halves(joined.output);
      const { output, saved } = project(down, gateWith.forward(gate, up), hooks, hookPass);
      return { output, saved: { gate, up, gateUp: joined.saved, down: saved } };
    },
    backward(dOutput, saved, _, needsInput, gradients) {
      const needsGated = needsInput || saved.gateUp !== undefined;
      const dGated = sum(projectBackward(down, dOutput, saved.down, needsGated, gradients));
      if (dGated === undefined) return undefined;
      const { dGate, dUp } = gateWith.backward(saved.gate, saved.up, dGated);
      return sum(projectBackward(gateUp, concat([dGate, dUp], 1), saved.gateUp, needsInput, gradients));
    },
    isAdapted: (saved) => saved.gateUp !== undefined || saved.down !== undefined,
    step(x, { before, after }, pass) {
      const { isPlain, forDecoding, normedTogether, addProjected } = stepOperations(frozen, normEpsilon, pass);
      function gated(): Tensor {
        if (before !== undefined && isPlain(gateUp)) return gateWith.ofNormed(x, before, normEpsilon, forDecoding(gateUp.weight));
        return gateWith.forward(...halves(normedTogether(x, before, gateUp.weight, [gateUp])[0] as Tensor));
      }
      return addProjected(down, gated(), after, x);
    },
  };
}
