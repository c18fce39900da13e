import { type InputMask, masked } from "@/server/engine/methods/dropout";
import type { Parameter } from "@/server/engine/methods/parameter";
import type { Adaptation, HookPass, ProjectionHook } from "@/server/engine/models/projection-hook";
import { add, scale } from "@/server/engine/tensor/arithmetic";
import { linear, linearInputGrad, matmul } from "@/server/engine/tensor/products";
import { tidy } from "@/server/engine/tensor/scope";
import type { Tensor } from "@/server/engine/tensor/tensor";
import type { LoraModule } from "./lora-module";

/** A (rank, dIn), B (dOut, rank). */
type LoraParameters = { readonly A: Parameter; readonly B: Parameter };

/** h = W0 x + scaling · B A dropout(x) (Hu et al. 2021) with its gradients. */
export function loraHook(module: LoraModule, { A, B }: LoraParameters, maskOf: InputMask): ProjectionHook {
  function forward(x: Tensor, base: Tensor, pass: HookPass): Adaptation {
    const { output, saved } = tidy(() => {
      const mask = maskOf(pass);
      const scaled = scale(linear(masked(x, mask), A.read()), module.scaling);
      return { output: add(base, linear(scaled, B.read())), saved: { scaled, mask } };
    });
    return {
      output,
      saved,
      backward(dOutput, needsInput, gradients) {
        const { scaled, mask } = saved;
        const { dA, dB, dX } = tidy(() => {
          const dComponents = scale(linearInputGrad(dOutput, B.read()), module.scaling);
          return {
            dB: matmul(dOutput, scaled, { transposeA: true }),
            dA: matmul(dComponents, masked(x, mask), { transposeA: true }),
            dX: needsInput ? masked(linearInputGrad(dComponents, A.read()), mask) : undefined,
          };
        });
        gradients.set(A.key, dA);
        gradients.set(B.key, dB);
        return dX;
      },
    };
  }
  return { forward };
}
