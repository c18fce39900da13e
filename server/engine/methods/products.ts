import type { HookPass } from "@/server/engine/models/projection-hook";
import type { FrozenDtype } from "@/server/engine/models/weights";
import { linear } from "@/server/engine/tensor/products";
import { stepLinear } from "@/server/engine/tensor/step";
import type { Tensor } from "@/server/engine/tensor/tensor";
import type { Parameter } from "./parameter";

/** How a pass multiplies: with one token a row by sums that do not depend on the other rows. */
export type Products = { readonly linear: typeof linear; readonly dtype: FrozenDtype };

/** Of passes over whole rows, in float32. */
export const wholeRows: Products = { linear, dtype: "float32" };

export function productsOf({ tokens, adapterDtype = "float32" }: HookPass): Products {
  return { linear: tokens === 1 ? stepLinear : linear, dtype: adapterDtype };
}

/** A matrix as a pass reads it. */
export function readAs(parameter: Parameter, dtype: FrozenDtype): Tensor {
  return dtype === "bfloat16" ? parameter.readRounded() : parameter.read();
}
