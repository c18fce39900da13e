import { type InputMask, masked } from "@/server/engine/methods/dropout";
import type { Parameter } from "@/server/engine/methods/parameter";
import type { Adaptation, HookPass, ProjectionHook } from "@/server/engine/models/projection-hook";
import { add, multiply, sumRows } from "@/server/engine/tensor/arithmetic";
import { linear, linearInputGrad } from "@/server/engine/tensor/products";
import { tidy } from "@/server/engine/tensor/scope";
import type { Tensor } from "@/server/engine/tensor/tensor";

/** Frozen A (rank, dIn) and B (dOut, rank); trained λ_d (rank) and λ_b (dOut). */
type VeraParameters = { readonly A: Parameter; readonly B: Parameter; readonly lambdaD: Parameter; readonly lambdaB: Parameter };

/** h = W0 x + λ_b ⊙ B (λ_d ⊙ A dropout(x)) with the gradients of λ_b, λ_d and x. */
export function veraHook({ A, B, lambdaD, lambdaB }: VeraParameters, maskOf: InputMask): ProjectionHook {
  function forward(x: Tensor, base: Tensor, pass: HookPass): Adaptation {
    const { output, saved } = tidy(() => {
      const mask = maskOf(pass);
      const components = linear(masked(x, mask), A.read());
      const written = linear(multiply(components, lambdaD.read()), B.read());
      return { output: add(base, multiply(written, lambdaB.read())), saved: { components, written, mask } };
    });
    return {
      output,
      saved,
      backward(dOutput, needsInput, gradients) {
        const { components, written, mask } = saved;
        const { dB, dD, dX } = tidy(() => {
          const dScaled = linearInputGrad(multiply(dOutput, lambdaB.read()), B.read());
          return {
            dB: sumRows(multiply(dOutput, written)),
            dD: sumRows(multiply(dScaled, components)),
            dX: needsInput ? masked(linearInputGrad(multiply(dScaled, lambdaD.read()), A.read()), mask) : undefined,
          };
        });
        gradients.set(lambdaB.key, dB);
        gradients.set(lambdaD.key, dD);
        return dX;
      },
    };
  }
  return { forward };
}
