import type { Adaptation, ProjectionHook } from "@/server/engine/models/projection-hook";
import { add, scale } from "@/server/engine/tensor/arithmetic";
import { linear, linearInputGrad, matmul } from "@/server/engine/tensor/products";
import { tidy } from "@/server/engine/tensor/scope";
import type { Tensor } from "@/server/engine/tensor/tensor";
import type { Parameter } from "./parameter";
import type { LoraModule } from "./settings";

/** A (rank, dIn), B (dOut, rank). */
export type LoraParameters = { readonly A: Parameter; readonly B: Parameter };

/** A x of each token, (tokens, rank): what each component reads. */
export function readComponents(A: Tensor, x: Tensor): Tensor {
  return linear(x, A);
}

/** scaling · B · components → (tokens, dOut) */
export function writeComponents(module: LoraModule, B: Tensor, components: Tensor): Tensor {
  return tidy(() => linear(scale(components, module.scaling), B));
}

/** h = W0 x + scaling · B A x (Hu et al. 2021) with its gradients. */
export function loraHook(module: LoraModule, { A, B }: LoraParameters): ProjectionHook {
  function forward(x: Tensor, base: Tensor): Adaptation {
    const { output, scaled } = tidy(() => {
      const scaled = scale(readComponents(A.read(), x), module.scaling);
      return { output: add(base, linear(scaled, B.read())), scaled };
    });
    return {
      output,
      saved: scaled,
      backward(dOutput, needsInput, gradients) {
        const { dA, dB, dX } = tidy(() => {
          const dComponents = scale(linearInputGrad(dOutput, B.read()), module.scaling);
          return {
            dB: matmul(dOutput, scaled, { transposeA: true }),
            dA: matmul(dComponents, x, { transposeA: true }),
            dX: needsInput ? linearInputGrad(dComponents, A.read()) : undefined,
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
