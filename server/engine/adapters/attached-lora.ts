import type { ProjectionHook } from "@/server/engine/models/projection-hook";
import { add } from "@/server/engine/tensor/arithmetic";
import { tidy } from "@/server/engine/tensor/scope";
import type { Tensor } from "@/server/engine/tensor/tensor";
import { Dora, doraHook } from "./dora";
import { type FrozenLinear, frozenLinearOf } from "./frozen-linear";
import type { LoraTensors } from "./init";
import { type InputMask, type LoraParameters, loraHook } from "./lora";
import { Parameter } from "./parameter";
import type { LoraModule } from "./settings";

/** A LoRA module with its trained matrices; with DoRA also its magnitudes, and what follows from them. */
export type AttachedLora = {
  readonly method: "lora";
  readonly module: LoraModule;
  readonly parameters: LoraParameters & { readonly magnitude?: Parameter };
  readonly dora?: Dora;
};

/** @throws Error when DoRA's frozen weight is not among the projections */
export function attachLora(module: LoraModule, tensors: LoraTensors, projections: readonly Partial<FrozenLinear>[]): AttachedLora {
  const { A: readA, B: readB, magnitude: read } = tensors;
  const frozen = module.isDora === true ? frozenLinearOf(module.module, projections) : undefined;
  const A = new Parameter(`${module.module}.A`, readA.data, readA.shape);
  const B = new Parameter(`${module.module}.B`, readB.data, readB.shape);
  if (frozen === undefined || read === undefined) return { method: "lora", module, parameters: { A, B } };
  const parameters = { A, B, magnitude: new Parameter(`${module.module}.magnitude`, read.data, read.shape) };
  return { method: "lora", module, parameters, dora: new Dora(module, parameters, frozen) };
}

export function loraTrainingHook({ module, parameters, dora }: AttachedLora, maskOf: InputMask): ProjectionHook {
  const { A, B, magnitude } = parameters;
  if (dora === undefined || magnitude === undefined) return loraHook(module, { A, B }, maskOf);
  return doraHook(module, dora, { A, B, magnitude }, maskOf);
}

/** What the components write, each in its column, the scaling left out: B, of DoRA g ⊙ B; (dOut, rank). */
export function loraDecoder({ parameters, dora }: AttachedLora): Tensor {
  return dora === undefined ? parameters.B.read() : dora.read().directions;
}

/** The projection's output (tokens, dOut) before any component writes: as the base model has it, of DoRA rescaled by the magnitudes. */
export function rescaledBase({ dora }: AttachedLora, base: Tensor): Tensor {
  return dora === undefined ? base : tidy(() => add(base, dora.rescaling(base)));
}
