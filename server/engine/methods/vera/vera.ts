import { veraProjections } from "@/lib/contract/methods/vera/projections";
import { projectionNumbers, veraModuleCost } from "@/lib/contract/methods/vera/settings";
import type { VeraTensors } from "@/lib/contract/methods/vera/tensors";
import { demandDropout } from "@/server/engine/methods/dropout";
import { demandSizes, type LatentMethodOf } from "@/server/engine/methods/method";
import { attachVera } from "./attach-vera";
import type { VeraModule, VeraSettings } from "./vera-module";

/** VeRA: h = W0 x + b0 + λ_b ⊙ B (λ_d ⊙ A x), with random, frozen A and B that all modules share. */
export const vera: LatentMethodOf<VeraSettings, VeraModule, VeraTensors> = {
  plan({ rank, dropout }, { module, name, layer, dIn, dOut }) {
    demandDropout(dropout ?? 0);
    demandSizes(module, { rank });
    return { module, name, layer, dIn, dOut, method: "vera", numLatents: rank, scaling: 1, dropout };
  },
  shapes: ({ numLatents, dIn, dOut }) =>
    new Map<string, readonly number[]>([
      ["lambdaD", [numLatents]],
      ["lambdaB", [dOut]],
      ["A", [numLatents, dIn]],
      ["B", [dOut, numLatents]],
    ]),
  shared: {
    parts: ["A", "B"],
    start: (modules, settings) =>
      veraProjections(settings, {
        dIn: Math.max(...modules.map(({ dIn }) => dIn)),
        dOut: Math.max(...modules.map(({ dOut }) => dOut)),
      }),
    size: (modules) => projectionNumbers(modules[0]?.numLatents ?? 0, modules),
  },
  /** λ_b zero, so that nothing changes before the first step, and λ_d the same everywhere, as PEFT starts them. */
  start({ module, numLatents, dOut }, { dInitial }, { shared: { A, B } }) {
    if (A === undefined || B === undefined) throw new Error(`${module}: the shared matrices are missing`);
    return {
      lambdaD: { shape: [numLatents], data: new Float32Array(numLatents).fill(dInitial) },
      lambdaB: { shape: [dOut], data: new Float32Array(dOut) },
      A,
      B,
    };
  },
  attach: attachVera,
  width: ({ numLatents }) => numLatents,
  cost(module) {
    const { trainableParameters, activeParameters, flops } = veraModuleCost(module.numLatents, module);
    return { trainableParameters, activeParameters, flopsPerToken: flops };
  },
  bakedForm: () => "vera",
  bake: (module, tensors, { factors }) => ({
    module,
    tensors: {
      ...tensors,
      lambdaD: { shape: tensors.lambdaD.shape, data: tensors.lambdaD.data.map((value, i) => value * (factors[i] as number)) },
    },
  }),
};
