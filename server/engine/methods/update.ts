import { add, scale } from "@/server/engine/tensor/arithmetic";
import { tidy } from "@/server/engine/tensor/scope";
import type { Tensor } from "@/server/engine/tensor/tensor";
import type { Activations } from "./activations";
import type { AttachedModule, Rescaling } from "./attached-module";
import type { Products } from "./products";

/** The update that activations write, scaling · decoder · activations → (tokens, dOut). */
export function updateOf(attached: AttachedModule, { indices, values }: Activations, products: Products): Tensor {
  return tidy(() => attached.write({ indices, values: scale(values, attached.module.scaling) }, products));
}

/** The projection's output (tokens, dOut) before any latent writes: as the base model has it, of DoRA rescaled by the magnitudes. */
export function rescaledBase(rescaling: Rescaling | undefined, base: Tensor): Tensor {
  return rescaling === undefined ? base : tidy(() => add(base, rescaling.of(base)));
}

/** The projection's output with an update added, after DoRA's rescaling of the base. */
export function addUpdate({ rescaling }: AttachedModule, base: Tensor, update: Tensor): Tensor {
  return tidy(() => add(rescaledBase(rescaling, base), update));
}

/** scaling · decoder column · g of each entry, (tokens, width): with g = ∂L/∂h it is ∂L/∂a. */
export function slopesOf(attached: AttachedModule, activations: Activations, g: Tensor): Tensor {
  return scale(attached.along(activations, g), attached.module.scaling);
}
