import { isBatchTopK, stanModuleSizes } from "@/lib/contract/methods/stan/settings";
import type { StanTensors } from "@/lib/contract/methods/stan/tensors";
import { demandSizes, type LatentMethodOf } from "@/server/engine/methods/method";
import { kaimingUniform, rowsOf, scaledColumns, zeros } from "@/server/engine/methods/tensors";
import { attachStan } from "./attach-stan";
import { demandParts, partsLeft } from "./keep-by-part";
import { mergeStan } from "./merge-stan";
import { keptWidth, type StanModule, type StanSettings } from "./stan-module";
import { freshThreshold } from "./threshold";

/** Standard deviation of D where it does not start at zero. */
const SMALL = 1e-2;

/** STAN: h = W0 x + b0 + (alpha / k) · D TopK(E x). */
export const stan: LatentMethodOf<StanSettings, StanModule, StanTensors> = {
  plan(settings, { module, name, layer, dIn, dOut }) {
    const { numLatents, k, scaling, parts } = stanModuleSizes(settings, module);
    demandSizes(module, { numLatents, k });
    if (parts !== undefined) demandParts({ module, numLatents }, parts);
    const { selection } = settings;
    const selected = { selection, ...(parts === undefined ? {} : { parts }) };
    const sizes = { module, name, layer, dIn, dOut, method: "stan", numLatents, k, scaling, ...selected } as const;
    return isBatchTopK(settings) ? { ...sizes, sparsity: "batchtopk" } : sizes;
  },
  shapes: (module) =>
    new Map<string, readonly number[]>([
      ["E", [module.numLatents, module.dIn]],
      ["D", [module.dOut, module.numLatents]],
      ...(isBatchTopK(module) ? [["threshold", [1]] as const] : []),
    ]),
  /** E Kaiming-uniform, as PEFT starts LoRA's A; D zero, or normal with deviation 1e-2 with `init: "small"`. */
  start(module, { init }, { random }) {
    const { numLatents, dIn, dOut } = module;
    const E = kaimingUniform(numLatents, dIn, random);
    const D = zeros(dOut, numLatents);
    if (init === "small") for (let i = 0; i < D.data.length; i++) D.data[i] = SMALL * random.nextNormal();
    return isBatchTopK(module) ? { E, D, threshold: freshThreshold() } : { E, D };
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
  merge: mergeStan,
  bake: (module, tensors, { left, factors }) => ({
    module: { ...module, numLatents: left.length, ...(module.parts === undefined ? {} : { parts: partsLeft(module.parts, left) }) },
    tensors: { ...tensors, E: rowsOf(tensors.E, left), D: scaledColumns(tensors.D, left, factors) },
  }),
};
