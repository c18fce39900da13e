import type { ExpertSettings } from "@/lib/contract/architectures/decoder-config";
import { type SubLayer, sum } from "@/server/engine/models/decoders/sub-layer";
import type { FrozenWeights } from "@/server/engine/models/frozen-weights";
import { siluMul, siluMulGrad } from "@/server/engine/tensor/activations";
import { add, multiply, sumLast } from "@/server/engine/tensor/arithmetic";
import { fromValues, readFloats } from "@/server/engine/tensor/create";
import { concat, gatherRows, split } from "@/server/engine/tensor/layout";
import { rmsNorm } from "@/server/engine/tensor/normalise";
import { linear, linearInputGrad } from "@/server/engine/tensor/products";
import { tidy } from "@/server/engine/tensor/scope";
import { stepLinear } from "@/server/engine/tensor/step";
import type { Tensor } from "@/server/engine/tensor/tensor";
import type { ExpertWeights } from "./expert-weights";
import { type ExpertTokens, type Routing, routeTokens, routingGradient, tokensByExpert } from "./routing";

export type SavedExperts = {
  readonly routing: Routing;
  readonly groups: readonly ExpertTokens[];
  readonly places: readonly Int32Array[];
  /** The outputs of all groups, one below the other. */
  readonly outputs: Tensor;
  /** By group, before the activation. */
  readonly inner: readonly { readonly gate: Tensor; readonly up: Tensor }[];
};

/** The weighted sum of what a token's likeliest experts, gated MLPs each, give. All of it is frozen and carries no adapter. */
export function expertMlp(
  { router, experts }: ExpertWeights,
  settings: ExpertSettings,
  frozen: FrozenWeights,
  epsilon: number,
): SubLayer<SavedExperts> {
  const { dFeedForward, perToken } = settings;
  const weightsOf = (expert: number) => experts[expert] as ExpertWeights["experts"][number];

  /** @param product x · wᵀ, of many rows or as steps compute it */
  function throughExperts(x: Tensor, groups: readonly ExpertTokens[], product: (x: Tensor, w: Tensor) => Tensor) {
    const parts = groups.map(({ expert, tokens }) => {
      const { gateUp, down } = weightsOf(expert);
      const joined = product(rowsOf(x, tokens), gateUp);
      const [gate, up] = split(joined, [dFeedForward, dFeedForward], 1) as [Tensor, Tensor];
      return { gate, up, output: product(siluMul(gate, up), down) };
    });
    const outputs = concat(
      parts.map(({ output }) => output),
      0,
    );
    return { outputs, inner: parts.map(({ gate, up }) => ({ gate, up })) };
  }

  const route = (logits: Tensor) => {
    const routing = routeTokens(readFloats(logits), settings);
    return { routing, ...tokensByExpert(routing) };
  };

  return {
    projections: [],
    forward(x) {
      const { routing, groups, places } = route(linear(x, router));
      const { outputs, inner } = throughExperts(x, groups, linear);
      return { output: mixed(outputs, routing, places), saved: { routing, groups, places, outputs, inner } };
    },
    backward(dOutput, { routing, groups, places, outputs, inner }, _, needsInput) {
      if (!needsInput) return undefined;
      const dInputs = groups.map(({ expert, tokens }, i) =>
        tidy(() => {
          const { gateUp, down } = weightsOf(expert);
          const { gate, up } = inner[i] as SavedExperts["inner"][number];
          const dOwn = multiply(rowsOf(dOutput, tokens), column(weightsOfGroup(routing, expert)));
          const { dGate, dUp } = siluMulGrad(gate, up, linearInputGrad(dOwn, down));
          return linearInputGrad(concat([dGate, dUp], 1), gateUp);
        }),
      );
      const below = concat(dInputs, 0);
      const dWeights = new Float32Array(routing.weights.length);
      places.forEach((place, choice) => {
        const slopes = tidy(() => readFloats(sumLast(multiply(dOutput, rowsOf(outputs, place)))));
        slopes.forEach((slope, token) => {
          dWeights[token * perToken + choice] = slope;
        });
      });
      const dLogits = fromValues(routingGradient(routing, dWeights), [dOutput.shape[0] ?? 0, settings.count]);
      return sum([...places.map((place) => rowsOf(below, place)), linearInputGrad(dLogits, router)]);
    },
    isAdapted: () => false,
    step(x, { before, after }, { dtype }) {
      const normed = before === undefined ? x : rmsNorm(x, before, epsilon).y;
      const { routing, groups, places } = route(stepLinear(normed, router));
      const { outputs } = throughExperts(normed, groups, (rows, weight) => stepLinear(rows, frozen.forDecoding(weight, dtype)));
      const output = mixed(outputs, routing, places);
      return add(x, after === undefined ? output : rmsNorm(output, after, epsilon).y);
    },
  };
}

/** Each token's sum of its experts' outputs, by their weights. */
function mixed(outputs: Tensor, { weights }: Routing, places: readonly Int32Array[]): Tensor {
  const parts = places.map((place, choice) => {
    const own = Float32Array.from(place, (_, token) => weights[token * places.length + choice] as number);
    return multiply(rowsOf(outputs, place), column(own));
  });
  return sum(parts) as Tensor;
}

/** The weights of an expert's tokens, in their order. */
function weightsOfGroup({ experts, weights }: Routing, expert: number): Float32Array {
  return weights.filter((_, i) => experts[i] === expert);
}

function rowsOf(x: Tensor, places: Int32Array): Tensor {
  return gatherRows(x, fromValues(places, [places.length]));
}

function column(values: Float32Array): Tensor {
  return fromValues(values, [values.length, 1]);
}
