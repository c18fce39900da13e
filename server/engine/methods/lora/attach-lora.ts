import { attachComponents } from "@/server/engine/methods/attach-components";
import type { AttachedModule, TrainingOptions } from "@/server/engine/methods/attached-module";
import { dropoutMask } from "@/server/engine/methods/dropout";
import { frozenLinearOf } from "@/server/engine/methods/frozen-linear";
import type { FrozenProjections } from "@/server/engine/methods/method";
import { Parameter } from "@/server/engine/methods/parameter";
import { readAs } from "@/server/engine/methods/products";
import type { FrozenDtype } from "@/server/engine/models/weights";
import { Dora, doraHook } from "./dora";
import type { LoraModule, LoraTensors } from "./lora-module";
import { type InputMask, loraHook } from "./training-hook";

/** @throws Error when DoRA's frozen weight is not among the projections */
export function attachLora(module: LoraModule, tensors: LoraTensors, projections: FrozenProjections): AttachedModule {
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
      trainingHook: (options) => loraHook(module, matrices, inputMask(module, options)),
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
    trainingHook: (options) => doraHook(module, dora, { ...matrices, magnitude }, inputMask(module, options)),
    stored: () => ({ ...stored(), magnitude: { shape: [dOut], data: magnitude.values() } }),
    heldBytes: () => dora.heldBytes,
    release: () => dora.release(),
  });
}

function inputMask({ module, dIn, dropout = 0 }: LoraModule, { place, draw }: TrainingOptions): InputMask {
  if (dropout === 0) return () => undefined;
  if (draw === undefined) throw new Error(`${module} has dropout, and training hooks need its seed`);
  return (pass) => dropoutMask(dropout, draw, place, pass, dIn);
}
