import type { GatedConfig } from "@/lib/contract/architectures/decoder-config";
import { attendOneToken } from "@/server/engine/models/attention";
import type { StepPass } from "@/server/engine/models/block";
import type { FrozenWeights } from "@/server/engine/models/frozen-weights";
import { adapt, type Projection, stepProject } from "@/server/engine/models/projection";
import { siluMul } from "@/server/engine/tensor/activations";
import { add, addBias } from "@/server/engine/tensor/arithmetic";
import { rmsNorm } from "@/server/engine/tensor/normalise";
import { linearAdd, normGatedLinear, normLinear } from "@/server/engine/tensor/step";
import type { Tensor } from "@/server/engine/tensor/tensor";
import type { GatedWeights } from "./gated-weights";

/**
 * One new token a row through a block, (rows, dModel) → (rows, dModel). What stands between two hooks is one operation, since a step
 * of so few rows is bound by the number of operations once its weights are read.
 */
export function gatedStep(
  { projections: own, attentionNorm, mlpNorm, qkv, gateUp }: GatedWeights,
  frozen: FrozenWeights,
  config: GatedConfig,
  x: Tensor,
  pass: StepPass,
  layer: number,
): Tensor {
  const { hooks, hookPass, dtype } = pass;
  const isPlain = ({ module, bias }: Projection) => bias === undefined && hooks?.at(module) === undefined;
  const decoding = (projection: Projection) => frozen.projectionForDecoding(projection, dtype);

  /** Several projections of the norm of one input, adapted. */
  function normedTogether(input: Tensor, gain: Tensor, joined: Tensor | undefined, parts: readonly Projection[]): Tensor[] {
    if (joined === undefined) {
      const normed = rmsNorm(input, gain, config.normEpsilon).y;
      return parts.map((part) => stepProject(decoding(part), normed, hooks, hookPass));
    }
    const widths = parts.map(({ dOut }) => dOut);
    const product = normLinear(input, gain, config.normEpsilon, frozen.forDecoding(joined, dtype), widths);
    return parts.map((part, i) => {
      const plain = product.parts[i] as Tensor;
      const base = part.bias === undefined ? plain : addBias(plain, part.bias);
      return adapt(part, product.normed, base, hooks, hookPass).output;
    });
  }

  function addProjected(projection: Projection, input: Tensor, residual: Tensor): Tensor {
    const held = decoding(projection);
    return isPlain(projection) ? linearAdd(input, held.weight, residual) : add(residual, stepProject(held, input, hooks, hookPass));
  }

  function gated(input: Tensor): Tensor {
    if (gateUp !== undefined && isPlain(own.gate) && isPlain(own.up)) {
      return normGatedLinear(input, mlpNorm, config.normEpsilon, frozen.forDecoding(gateUp, dtype));
    }
    const [gate, up] = normedTogether(input, mlpNorm, gateUp, [own.gate, own.up]) as [Tensor, Tensor];
    return siluMul(gate, up);
  }

  const [q, k, v] = normedTogether(x, attentionNorm, qkv, [own.q, own.k, own.v]) as [Tensor, Tensor, Tensor];
  const middle = addProjected(own.attentionOutput, attendOneToken(q, k, v, config, pass, layer), x);
  return addProjected(own.down, gated(middle), middle);
}
