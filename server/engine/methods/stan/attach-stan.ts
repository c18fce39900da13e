import { isBatchTopK } from "@/lib/contract/methods/stan/settings";
import type { StanTensors } from "@/lib/contract/methods/stan/tensors";
import type { Activations } from "@/server/engine/methods/activations";
import type { AttachedModule } from "@/server/engine/methods/attached-module";
import { Parameter } from "@/server/engine/methods/parameter";
import { ofSteps, type Products, readAs } from "@/server/engine/methods/products";
import { type FrozenDtype, transposed } from "@/server/engine/models/weights";
import { inRange, type StanStepWeights, stanStep } from "@/server/engine/tensor/adapter-step";
import { add, multiply, scale } from "@/server/engine/tensor/arithmetic";
import { fromValues } from "@/server/engine/tensor/create";
import { tidy } from "@/server/engine/tensor/scope";
import { encodeRows, rowDots, sparseTimes } from "@/server/engine/tensor/sparse";
import type { Tensor } from "@/server/engine/tensor/tensor";
import { byPart } from "./keep-by-part";
import { overBatch } from "./keep-over-batch";
import { eachToken, type Selector } from "./selector";
import { keptWidth, type StanModule } from "./stan-module";
import { stanHook } from "./training-hook";

export function attachStan(module: StanModule, tensors: StanTensors): AttachedModule {
  const { numLatents, dIn, dOut, scaling, selection } = module;
  const E = new Parameter(`${module.module}.E`, tensors.E.data, tensors.E.shape);
  const D = new Parameter(`${module.module}.D`, transposed(tensors.D.data, dOut, numLatents), [numLatents, dOut]);
  const rowsOf = (indices: Tensor | undefined, values: Tensor) => encodeRows(demandIndices(module, indices), values, numLatents);
  const preActivations = (x: Tensor, products: Products) => products.wideLinear(x, readAs(E, products.dtype));
  const selector = selectorOf(module, tensors);
  const isOneTopK = !isBatchTopK(module) && module.parts === undefined;
  const { keep, refills, reselect, endStep } = selector;
  const read = (x: Tensor, products: Products) => tidy(() => keep(preActivations(x, products)));
  const write = ({ indices, values }: Activations) => tidy(() => sparseTimes(rowsOf(indices, values), D.read()));
  /** Where tokens differ in how many latents they keep, or parts select apart, which no single operation computes. */
  const stepApart = (x: Tensor, base: Tensor, dtype: FrozenDtype) => {
    const { indices, values } = read(x, ofSteps(dtype));
    return add(base, write({ indices, values: scale(values, scaling) }));
  };
  const k = keptWidth(module);
  const weightsOf = (encoder: Tensor, decoder: Tensor): StanStepWeights => {
    const weights = { E: encoder, D: decoder, k, scaling, selection };
    return isWorthScreening(numLatents, k) ? { ...weights, screen: () => E.readScreen(encoder) } : weights;
  };
  let made: StanStepWeights | undefined;
  const stepWeights = (dtype: FrozenDtype): StanStepWeights => {
    const [encoder, decoder] = [readAs(E, dtype), D.read()];
    if (made?.E !== encoder || made.D !== decoder) made = weightsOf(encoder, decoder);
    return made;
  };
  return {
    module,
    parameters: { E, D },
    trainingHook: (options) => stanHook(module, { E, D }, selector.inTraining(options), options.onKept),
    selectsOverBatch: isBatchTopK(module),
    ...(endStep === undefined ? {} : { endStep }),
    read,
    write,
    ...(isOneTopK
      ? { step: (x, base, dtype, rows) => stanStep(x, base, stepWeights(dtype), rows), stepWeights }
      : { step: (x, base, dtype, rows) => inRange(x, base, rows, (ownX, ownBase) => stepApart(ownX, ownBase, dtype)) }),
    rescaling: undefined,
    selection: { preActivations, keep, refills, reselect },
    along: ({ indices }, g) => rowDots(D.read(), demandIndices(module, indices), g),
    throughLatents({ indices, values }, slopes) {
      const mask = selector.passing(values);
      return sparseTimes(rowsOf(indices, mask === undefined ? slopes : multiply(slopes, mask)), E.read());
    },
    vectors: (side) => (side === "encoder" ? E : D).read(),
    decoderNorms: () => rowNorms(D.values(), numLatents),
    toDevice: ({ tokens, width, indices, values }) => ({
      indices: fromValues(indices, [tokens, width]),
      values: fromValues(values, [tokens, width]),
    }),
    stored: () => ({
      E: { shape: [numLatents, dIn], data: E.values() },
      D: { shape: [dOut, numLatents], data: transposed(D.values(), numLatents, dOut) },
      ...selector.stored(),
    }),
    heldBytes: () => 0,
    release() {},
  };
}

function selectorOf(module: StanModule, tensors: StanTensors): Selector {
  if (isBatchTopK(module)) return overBatch(module, tensors);
  return module.parts === undefined ? eachToken(module) : byPart(module, module.parts);
}

/** Our choice: where more are kept, most latents can be among them. */
function isWorthScreening(numLatents: number, k: number): boolean {
  return numLatents >= 4 * k;
}

function rowNorms(values: Float32Array, rows: number): Float32Array {
  const width = values.length / rows;
  const squares = new Float64Array(rows);
  values.forEach((value, at) => {
    const row = Math.floor(at / width);
    squares[row] = (squares[row] as number) + value * value;
  });
  return Float32Array.from(squares, Math.sqrt);
}

function demandIndices({ module }: StanModule, indices: Tensor | undefined): Tensor {
  if (indices === undefined) throw new Error(`${module}: kept latents without indices`);
  return indices;
}
