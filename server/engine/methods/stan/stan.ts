import { stanModuleSizes } from "@/lib/contract/methods/stan/settings";
import type { StanTensors } from "@/lib/contract/methods/stan/tensors";
import { demandSizes, type LatentMethodOf } from "@/server/engine/methods/method";
import { kaimingUniform, rowsOf, scaledColumns, zeros } from "@/server/engine/methods/tensors";
import { attachStan } from "./attach-stan";
import { keptWidth, type StanModule, type StanSettings } from "./stan-module";

/** Standard deviation of D where it does not start at zero. */
const SMALL = 1e-2;

/** STAN: h = W0 x + b0 + (alpha / k) · D TopK(E x). */
export const stan: LatentMethodOf<StanSettings, StanModule, StanTensors> = {
  plan(settings, { module, name, layer, dIn, dOut }) {
    const { numLatents, k, scaling } = stanModuleSizes(settings, module);
    demandSizes(module, { numLatents, k });
    return { module, name, layer, dIn, dOut, method: "stan", numLatents, k, scaling, selection: settings.selection };
  },
  shapes: ({ numLatents, dIn, dOut }) =>
    new Map<string, readonly number[]>([
      ["E", [numLatents, dIn]],
      ["D", [dOut, numLatents]],
    ]),
  /** E Kaiming-uniform, as PEFT starts LoRA's A; D zero, or normal with deviation 1e-2 with `init: "small"`. */
  start({ numLatents, dIn, dOut }, { init }, { random }) {
    const E = kaimingUniform(numLatents, dIn, random);
    const D = zeros(dOut, numLatents);
    if (init === "small") for (let i = 0; i < D.data.length; i++) D.data[i] = SMALL * random.nextNormal();
    return { E, D };
  },
  attach: attachStan,
  width: keptWidth,
  /** The encoder is dense, the decoder is not. */
  cost(module) {
    const { dIn, dOut, numLatents } = module;
    const kept = keptWidth(module);
    return {
      trainableParameters: numLatents * (dIn + dOut),
      activeParameters: kept * (dIn + dOut),
      flopsPerToken: 2 * numLatents * dIn + 2 * kept * dOut,
    };
  },
  bakedForm: () => "stan",
  bake: (module, { E, D }, { left, factors }) => ({
    module: { ...module, numLatents: left.length },
    tensors: { E: rowsOf(E, left), D: scaledColumns(D, left, factors) },
  }),
};
