import { loraModuleSizes } from "@/lib/contract/methods/lora/settings";
import type { LoraTensors } from "@/lib/contract/methods/lora/tensors";
import { demandDropout } from "@/server/engine/methods/dropout";
import { frozenLinearOf } from "@/server/engine/methods/frozen-linear";
import { demandSizes, type LatentMethodOf } from "@/server/engine/methods/method";
import { columnsBeside, kaimingUniform, rowsBelow, rowsOf, scaledColumns, timesAll, zeros } from "@/server/engine/methods/tensors";
import { attachLora } from "./attach-lora";
import { initialMagnitudes } from "./dora";
import type { LoraModule, LoraSettings } from "./lora-module";

/** LoRA: h = W0 x + b0 + scaling · B A x; with `useDora` DoRA, whose magnitudes are trained apart. */
export const lora: LatentMethodOf<LoraSettings, LoraModule, LoraTensors> = {
  plan(settings, { module, name, layer, dIn, dOut }) {
    const { dropout, useDora } = settings;
    demandDropout(dropout ?? 0);
    const { rank, scaling } = loraModuleSizes(settings, module);
    demandSizes(module, { rank });
    return { module, name, layer, dIn, dOut, method: "lora", numLatents: rank, scaling, dropout, isDora: useDora === true };
  },
  shapes: ({ numLatents, dIn, dOut, isDora }) =>
    new Map<string, readonly number[]>([
      ["A", [numLatents, dIn]],
      ["B", [dOut, numLatents]],
      ...(isDora === true ? [["magnitude", [dOut]] as const] : []),
    ]),
  /** A Kaiming-uniform and B zero, as PEFT starts them; DoRA's magnitudes are the norms of the frozen rows. */
  start({ module, numLatents, dIn, dOut, isDora }, _, { random, projections }) {
    const A = kaimingUniform(numLatents, dIn, random);
    const B = zeros(dOut, numLatents);
    if (isDora !== true) return { A, B };
    return { A, B, magnitude: { shape: [dOut], data: initialMagnitudes(frozenLinearOf(module, projections)) } };
  },
  attach: attachLora,
  width: ({ numLatents }) => numLatents,
  /** DoRA's gains, once made, multiply and add W0 x. */
  cost({ numLatents, dIn, dOut, isDora }) {
    const magnitudes = isDora === true ? dOut : 0;
    const parameters = numLatents * (dIn + dOut) + magnitudes;
    return {
      trainableParameters: parameters,
      activeParameters: parameters,
      flopsPerToken: 2 * numLatents * dIn + 2 * numLatents * dOut + 2 * magnitudes,
    };
  },
  bakedForm: ({ isDora }) => (isDora === true ? "dora" : "lora"),
  /** Ranks one after another, with scaling 1: B has the weights and the scaling. */
  merge(parts) {
    const [{ module: first }] = parts;
    for (const { module } of parts) {
      if (module.isDora === true)
        throw new RangeError(`${module.module} has DoRA's magnitudes, which depend on the whole update: only plain LoRA is merged`);
    }
    const numLatents = parts.reduce((sum, { module }) => sum + module.numLatents, 0);
    return {
      module: { ...first, numLatents, scaling: 1 },
      tensors: {
        A: rowsBelow(parts.map(({ tensors }) => tensors.A)),
        B: columnsBeside(parts.map(({ module, tensors, weight }) => timesAll(tensors.B, weight * module.scaling))),
      },
    };
  },
  bake: (module, { A, B }, { left, factors }) => ({ module, tensors: { A: rowsOf(A, left), B: scaledColumns(B, left, factors) } }),
};
