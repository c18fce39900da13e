import type { HookPass } from "@/server/engine/models/projection-hook";
import type { FrozenDtype } from "@/server/engine/models/weights";
import { linear, splitLinear } from "@/server/engine/tensor/products";
import { stepLinear } from "@/server/engine/tensor/step";
import type { Tensor } from "@/server/engine/tensor/tensor";
import type { Parameter } from "./parameter";

/** How a pass multiplies, with narrow matrices and with wide ones, and how it reads them. */
export type Products = { readonly linear: typeof linear; readonly wideLinear: typeof linear; readonly dtype: FrozenDtype };

/** Of one token a row: by sums that do not depend on the other rows. */
export const ofSteps = (dtype: FrozenDtype): Products => ({ linear: stepLinear, wideLinear: stepLinear, dtype });

/** Of whole rows. */
export function wholeRows({ splits = false }: Pick<HookPass, "splits">): Products {
  return { linear, wideLinear: splits ? splitLinear : linear, dtype: "float32" };
}

export function productsOf(pass: HookPass): Products {
  const { tokens, adapterDtype = "float32" } = pass;
  return tokens === 1 ? ofSteps(adapterDtype) : { ...wholeRows(pass), dtype: adapterDtype };
}

/** A matrix as a pass reads it. */
export function readAs(parameter: Parameter, dtype: FrozenDtype): Tensor {
  return dtype === "bfloat16" ? parameter.readRounded() : parameter.read();
}
