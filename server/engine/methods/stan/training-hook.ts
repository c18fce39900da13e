import type { KeptObserver } from "@/server/engine/methods/attached-module";
import type { Parameter } from "@/server/engine/methods/parameter";
import type { Adaptation, HookPass, ProjectionHook } from "@/server/engine/models/projection-hook";
import { add, multiply, scale } from "@/server/engine/tensor/arithmetic";
import { readInts } from "@/server/engine/tensor/create";
import { linear } from "@/server/engine/tensor/products";
import { free, tidy } from "@/server/engine/tensor/scope";
import { encodeRows, rowDots, sparseTimes, sparseTransposeTimes } from "@/server/engine/tensor/sparse";
import type { Tensor } from "@/server/engine/tensor/tensor";
import { type Kept, keepFrom, passing } from "./keep-latents";
import type { StanModule } from "./stan-module";

/** E (numLatents, dIn), and D by latent, (numLatents, dOut): both are then read and written by row. */
type StanParameters = { readonly E: Parameter; readonly D: Parameter };

/**
 * The update of one projection with its gradients: through the kept entries alone, by products of compressed sparse rows,
 * so that a step costs one dense product.
 */
export function stanHook(module: StanModule, { E, D }: StanParameters, onKept?: KeptObserver): ProjectionHook {
  function forward(x: Tensor, base: Tensor, pass: HookPass): Adaptation {
    const { output, saved } = tidy(() => {
      const { indices, values } = keepLatents(module, E.read(), x);
      const rows = encodeRows(indices, scale(values, module.scaling), module.numLatents);
      const mask = passing(module, values);
      return { output: add(base, sparseTimes(rows, D.read())), saved: { indices, rows, mask } };
    });
    onKept?.(module, readInts(saved.indices), pass);
    return {
      output,
      saved,
      backward(dOutput, needsInput, gradients) {
        const { indices, rows, mask } = saved;
        const { dD, dE, dX } = tidy(() => {
          const dots = scale(rowDots(D.read(), indices, dOutput), module.scaling);
          const dKept = encodeRows(indices, mask === undefined ? dots : multiply(dots, mask), module.numLatents);
          return {
            dD: sparseTransposeTimes(rows, dOutput),
            dE: sparseTransposeTimes(dKept, x),
            dX: needsInput ? sparseTimes(dKept, E.read()) : undefined,
          };
        });
        gradients.set(E.key, dE);
        gradients.set(D.key, dD);
        return dX;
      },
    };
  }
  return { forward };
}

/** TopK_k(E x) of each token, x (tokens, dIn): one dense product and a selection. */
function keepLatents(module: StanModule, E: Tensor, x: Tensor): Kept {
  return tidy(() => {
    const preActivations = linear(x, E);
    const kept = keepFrom(module, preActivations);
    free(preActivations);
    return kept;
  });
}
