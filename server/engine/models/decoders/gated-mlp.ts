import type { GatedConfig } from "@/lib/contract/architectures/decoder-config";
import type { FrozenWeights } from "@/server/engine/models/frozen-weights";
import { gateOf } from "@/server/engine/models/gate";
import { project, projectBackward, type SavedProjection } from "@/server/engine/models/projection";
import { mlpStep } from "@/server/engine/tensor/sub-layer-step";
import type { Tensor } from "@/server/engine/tensor/tensor";
import { stepOperations } from "./gated-step";
import { GATED_MLP_PROJECTIONS, type GatedMlpProjection, type GatedMlpWeights } from "./gated-weights";
import { type SubLayer, sum } from "./sub-layer";

export type SavedGatedMlp = {
  readonly gate: Tensor;
  readonly up: Tensor;
  readonly adapted: Readonly<Record<GatedMlpProjection, SavedProjection>>;
};

/** down(activation(gate x) · up x) */
export function gatedMlp(
  { gateActivation, normEpsilon }: GatedConfig,
  { projections: own, gateUp }: GatedMlpWeights,
  frozen: FrozenWeights,
): SubLayer<SavedGatedMlp> {
  const gateWith = gateOf(gateActivation);
  return {
    projections: GATED_MLP_PROJECTIONS.map((role) => own[role]),
    forward(x, { hooks, hookPass }) {
      const gate = project(own.gate, x, hooks, hookPass);
      const up = project(own.up, x, hooks, hookPass);
      const down = project(own.down, gateWith.forward(gate.output, up.output), hooks, hookPass);
      const adapted = { gate: gate.saved, up: up.saved, down: down.saved };
      return { output: down.output, saved: { gate: gate.output, up: up.output, adapted } };
    },
    backward(dOutput, { gate, up, adapted }, _, needsInput, gradients) {
      const needsGated = needsInput || adapted.gate !== undefined || adapted.up !== undefined;
      const dGated = sum(projectBackward(own.down, dOutput, adapted.down, needsGated, gradients));
      if (dGated === undefined) return undefined;
      const { dGate, dUp } = gateWith.backward(gate, up, dGated);
      return sum([
        ...projectBackward(own.gate, dGate, adapted.gate, needsInput, gradients),
        ...projectBackward(own.up, dUp, adapted.up, needsInput, gradients),
      ]);
    },
    isAdapted: ({ adapted }) => GATED_MLP_PROJECTIONS.some((role) => adapted[role] !== undefined),
    step(x, { before, after }, pass) {
      const { isPlain, forDecoding, decoding, normedTogether, addProjected } = stepOperations(frozen, normEpsilon, pass);
      if (
        before !== undefined &&
        after === undefined &&
        gateUp !== undefined &&
        GATED_MLP_PROJECTIONS.every((role) => isPlain(own[role]))
      ) {
        return mlpStep(x, { gain: before, eps: normEpsilon }, forDecoding(gateUp), decoding(own.down).weight, gateActivation);
      }
      function gated(): Tensor {
        if (before !== undefined && gateUp !== undefined && isPlain(own.gate) && isPlain(own.up)) {
          return gateWith.ofNormed(x, before, normEpsilon, forDecoding(gateUp));
        }
        const [gate, up] = normedTogether(x, before, gateUp, [own.gate, own.up]) as [Tensor, Tensor];
        return gateWith.forward(gate, up);
      }
      return addProjected(own.down, gated(), after, x);
    },
  };
}
