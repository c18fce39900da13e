import type { LoraTensors } from "@/lib/contract/methods/lora/tensors";
import { attachComponents } from "@/server/engine/methods/attach-components";
import type { AttachedModule } from "@/server/engine/methods/attached-module";
import { inputMask } from "@/server/engine/methods/dropout";
import { frozenLinearOf } from "@/server/engine/methods/frozen-linear";
import type { Surroundings } from "@/server/engine/methods/method";
import { Parameter } from "@/server/engine/methods/parameter";
import { readAs } from "@/server/engine/methods/products";
import type { FrozenDtype } from "@/server/engine/models/weights";
import { Dora, doraHook } from "./dora";
import type { LoraModule } from "./lora-module";
import { loraHook } from "./training-hook";

/** @throws Error when DoRA's frozen weight is not among the projections */
export function attachLora(module: LoraModule, tensors: LoraTensors, { projections }: Surroundings): AttachedModule {
  const { numLatents, dIn, dOut } = module;
  const parameter = (part: string, { data, shape }: { data: Float32Array; shape: readonly number[] }) =>
    new Parameter(`${module.module}.${part}`, data, shape);
  const frozen = module.isDora === true ? frozenLinearOf(module.module, projections) : undefined;
  const matrices = { A: parameter("A", tensors.A), B: parameter("B", tensors.B) };
  const { A, B } = matrices;
  const stored = () => ({
    A: { shape: [numLatents, dIn] as const, data: A.values() },
    B: { shape: [dOut, numLatents] as const, data: B.values() },
  });
  const reader = (dtype: FrozenDtype) => readAs(A, dtype);
  if (frozen === undefined || tensors.magnitude === undefined) {
    return attachComponents({
      module,
      parameters: matrices,
      reader,
      decoder: () => B.read(),
      trainingHook: ({ place, draw }) => loraHook(module, matrices, inputMask(module, place, draw)),
      stored,
    });
  }
  const magnitude = parameter("magnitude", tensors.magnitude);
  const dora = new Dora(module, { ...matrices, magnitude }, frozen);
  return attachComponents({
    module,
    parameters: { ...matrices, magnitude },
    reader,
    decoder: () => dora.read().directions,
    rescaling: { of: (base) => dora.rescaling(base), inputGradient: (dy) => dora.rescalingInputGrad(dy) },
    trainingHook: ({ place, draw }) => doraHook(module, dora, { ...matrices, magnitude }, inputMask(module, place, draw)),
    stored: () => ({ ...stored(), magnitude: { shape: [dOut], data: magnitude.values() } }),
    heldBytes: () => dora.heldBytes,
    release: () => dora.release(),
  });
}
