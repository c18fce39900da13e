import type { FrozenDtype } from "@/server/engine/models/weights";
import { fromValues, readFloats, readInts } from "@/server/engine/tensor/create";
import { linear } from "@/server/engine/tensor/products";
import type { Tensor } from "@/server/engine/tensor/tensor";
import type { AttachedModule } from "./adapter";
import type { HostActivations } from "./host-activations";
import { readComponents, writeComponents } from "./lora";
import type { Parameter } from "./parameter";
import { keepLatents, type StanParameters, writeLatents } from "./stan";

/** Activations on the device: STAN's kept latents, or all components of LoRA with `indices` undefined. */
export type Activations = { readonly indices: Tensor | undefined; readonly values: Tensor };

/** @param x (tokens, dIn) */
export function readActivations(attached: AttachedModule, x: Tensor, dtype: FrozenDtype): Activations {
  if (attached.method === "stan") return keepLatents(attached.module, read(attached.parameters.E, dtype), x);
  return { indices: undefined, values: readComponents(read(attached.parameters.A, dtype), x) };
}

/** E x of each token before TopK, (tokens, numLatents); the same product as within `readActivations`. */
export function preActivationsOf({ E }: StanParameters, x: Tensor, dtype: FrozenDtype): Tensor {
  return linear(x, read(E, dtype));
}

/** scaling · D · activations, with B for LoRA → (tokens, dOut) */
export function writeActivations(attached: AttachedModule, { indices, values }: Activations): Tensor {
  if (attached.method === "lora") return writeComponents(attached.module, attached.parameters.B.read(), values);
  if (indices === undefined) throw new Error(`${attached.module.module}: kept latents without indices`);
  return writeLatents(attached.module, attached.parameters.D.read(), { indices, values });
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

function read(parameter: Parameter, dtype: FrozenDtype): Tensor {
  return dtype === "bfloat16" ? parameter.readRounded() : parameter.read();
}
