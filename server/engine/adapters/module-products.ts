import type { HookPass } from "@/server/engine/models/projection-hook";
import type { FrozenDtype } from "@/server/engine/models/weights";
import { add, scale } from "@/server/engine/tensor/arithmetic";
import { fromValues, readFloats, readInts } from "@/server/engine/tensor/create";
import { linear } from "@/server/engine/tensor/products";
import { tidy } from "@/server/engine/tensor/scope";
import { stepLinear } from "@/server/engine/tensor/step";
import type { Tensor } from "@/server/engine/tensor/tensor";
import type { AttachedModule } from "./adapter";
import { loraDecoder, rescaledBase } from "./attached-lora";
import type { HostActivations } from "./host-activations";
import type { Parameter } from "./parameter";
import { keepFrom, type StanParameters, writeLatents } from "./stan";

/** Activations on the device: STAN's kept latents, or all components of LoRA with `indices` undefined. */
export type Activations = { readonly indices: Tensor | undefined; readonly values: Tensor };

/** How a pass multiplies: with one token a row by sums that do not depend on the other rows. */
export type Products = { readonly linear: typeof linear; readonly dtype: FrozenDtype };

export function productsOf({ tokens, adapterDtype = "float32" }: HookPass): Products {
  return { linear: tokens === 1 ? stepLinear : linear, dtype: adapterDtype };
}

/** @param x (tokens, dIn) */
export function readActivations(attached: AttachedModule, x: Tensor, products: Products): Activations {
  if (attached.method === "stan") return tidy(() => keepFrom(attached.module, preActivationsOf(attached.parameters, x, products)));
  return { indices: undefined, values: products.linear(x, read(attached.parameters.A, products.dtype)) };
}

/** E x of each token before TopK, (tokens, numLatents); the same product as within `readActivations`. */
export function preActivationsOf({ E }: StanParameters, x: Tensor, { linear, dtype }: Products): Tensor {
  return linear(x, read(E, dtype));
}

/** scaling · D · activations, with B for LoRA and g ⊙ B for DoRA → (tokens, dOut) */
export function writeActivations(attached: AttachedModule, { indices, values }: Activations, products: Products): Tensor {
  if (attached.method === "lora") {
    return tidy(() => products.linear(scale(values, attached.module.scaling), loraDecoder(attached)));
  }
  if (indices === undefined) throw new Error(`${attached.module.module}: kept latents without indices`);
  return writeLatents(attached.module, attached.parameters.D.read(), { indices, values });
}

/** The projection's output with an update added: base + (what `writeActivations` gives), after DoRA's rescaling of the base. */
export function addUpdate(attached: AttachedModule, base: Tensor, update: Tensor): Tensor {
  return tidy(() => add(attached.method === "lora" ? rescaledBase(attached, base) : base, update));
}

export function onHost({ module }: AttachedModule, { indices, values }: Activations): HostActivations {
  const [tokens = 0, width = 0] = values.shape;
  const held =
    indices === undefined ? Int32Array.from({ length: tokens * module.numLatents }, (_, i) => i % module.numLatents) : readInts(indices);
  return { tokens, width, indices: held, values: readFloats(values) };
}

export function onDevice({ method, module }: AttachedModule, { tokens, width, indices, values }: HostActivations): Activations {
  if (method === "stan") return { indices: fromValues(indices, [tokens, width]), values: fromValues(values, [tokens, width]) };
  const dense = new Float32Array(tokens * module.numLatents);
  values.forEach((value, at) => {
    dense[Math.floor(at / width) * module.numLatents + (indices[at] as number)] = value;
  });
  return { indices: undefined, values: fromValues(dense, [tokens, module.numLatents]) };
}

/** A matrix as a pass reads it. */
export function read(parameter: Parameter, dtype: FrozenDtype): Tensor {
  return dtype === "bfloat16" ? parameter.readRounded() : parameter.read();
}
