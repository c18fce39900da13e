import type { VeraTensors } from "@/lib/contract/methods/vera/tensors";
import { attachComponents } from "@/server/engine/methods/attach-components";
import type { AttachedModule } from "@/server/engine/methods/attached-module";
import { inputMask } from "@/server/engine/methods/dropout";
import type { Surroundings } from "@/server/engine/methods/method";
import { Parameter } from "@/server/engine/methods/parameter";
import { readAs } from "@/server/engine/methods/products";
import { multiply } from "@/server/engine/tensor/arithmetic";
import { reshape } from "@/server/engine/tensor/layout";
import { free, keep, tidy } from "@/server/engine/tensor/scope";
import { sizeOf, type Tensor } from "@/server/engine/tensor/tensor";
import { veraHook } from "./training-hook";
import type { VeraModule } from "./vera-module";

/** Component i reads with row i of A and writes λ_d[i] · λ_b ⊙ B[:, i]: what is trained lies in what it writes. */
export function attachVera(module: VeraModule, tensors: VeraTensors, { frozen }: Surroundings): AttachedModule {
  const { numLatents, dIn, dOut } = module;
  const A = frozen.of(tensors.A, numLatents, dIn);
  const B = frozen.of(tensors.B, dOut, numLatents);
  const lambdaD = new Parameter(`${module.module}.lambdaD`, tensors.lambdaD.data, [numLatents]);
  const lambdaB = new Parameter(`${module.module}.lambdaB`, tensors.lambdaB.data, [dOut]);
  let made: { readonly from: readonly Tensor[]; readonly decoder: Tensor } | undefined;
  const release = () => {
    free(made?.decoder);
    made = undefined;
  };
  /** Valid until a parameter is released. */
  const decoder = () => {
    const from = [lambdaB.read(), lambdaD.read()] as const;
    if (made !== undefined && from.every((one, i) => one === made?.from[i])) return made.decoder;
    release();
    const [b, d] = from;
    made = { from, decoder: keep(tidy(() => multiply(multiply(B.read(), reshape(b, [dOut, 1])), d))) };
    return made.decoder;
  };
  return attachComponents({
    module,
    parameters: { lambdaD, lambdaB },
    reader: (dtype) => readAs(A, dtype),
    decoder,
    trainingHook: ({ place, draw }) => veraHook({ A, B, lambdaD, lambdaB }, inputMask(module, place, draw)),
    stored: () => ({
      lambdaD: { shape: [numLatents], data: lambdaD.values() },
      lambdaB: { shape: [dOut], data: lambdaB.values() },
      A: tensors.A,
      B: tensors.B,
    }),
    heldBytes: () => (made === undefined ? 0 : 4 * sizeOf(made.decoder.shape)),
    release,
  });
}
