import { type InputMask, masked } from "@/server/engine/methods/dropout";
import type { Parameter } from "@/server/engine/methods/parameter";
import type { Adaptation, HookPass, ProjectionHook } from "@/server/engine/models/projection-hook";
import { loraUpdate, loraUpdateGrad } from "@/server/engine/tensor/lora";
import { tidy } from "@/server/engine/tensor/scope";
import type { Tensor } from "@/server/engine/tensor/tensor";
import type { LoraModule } from "./lora-module";

/** A (rank, dIn), B (dOut, rank). */
type LoraParameters = { readonly A: Parameter; readonly B: Parameter };

/** h = W0 x + scaling · B A dropout(x) (Hu et al. 2021) with its gradients. */
export function loraHook(module: LoraModule, { A, B }: LoraParameters, maskOf: InputMask): ProjectionHook {
  const matrices = () => ({ A: A.read(), B: B.read(), scaling: module.scaling });
  function forward(x: Tensor, base: Tensor, pass: HookPass): Adaptation {
    const { output, saved } = tidy(() => {
      const mask = maskOf(pass);
      const { output, low } = loraUpdate(masked(x, mask), base, matrices());
      return { output, saved: { low, mask } };
    });
    return {
      output,
      saved,
      backward(dOutput, needsInput, gradients) {
        const { low, mask } = saved;
        const { dA, dB, dX } = tidy(() => {
          const { dX, ...own } = loraUpdateGrad(masked(x, mask), dOutput, matrices(), low, needsInput);
          return { ...own, dX: dX && masked(dX, mask) };
        });
        gradients.set(A.key, dA);
        gradients.set(B.key, dB);
        return dX;
      },
    };
  }
  return { forward };
}
