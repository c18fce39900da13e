import type { KeptObserver } from "@/server/engine/methods/attached-module";
import type { Parameter } from "@/server/engine/methods/parameter";
import { wholeRows } from "@/server/engine/methods/products";
import type { Adaptation, HookPass, ProjectionHook } from "@/server/engine/models/projection-hook";
import { add, multiply, scale } from "@/server/engine/tensor/arithmetic";
import { readInts } from "@/server/engine/tensor/create";
import { free, tidy } from "@/server/engine/tensor/scope";
import { encodeRows, rowDots, sparseTimes, sparseTransposeTimes } from "@/server/engine/tensor/sparse";
import type { Tensor } from "@/server/engine/tensor/tensor";
import { type Kept, keepFrom, passing } from "./keep-latents";
import type { StanModule } from "./stan-module";

/** What a pass keeps: activations, and what a gradient passes through, by entry (undefined: all of them). */
export type KeptInTraining = Kept & {
  readonly mask: Tensor | undefined;
  /** For observers, with −1 for entries that are not kept; the indices themselves when absent. */
  readonly observed?: Int32Array;
};

/** Selects latents of pre-activations (tokens, numLatents). */
export type KeepInTraining = (preActivations: Tensor, pass: HookPass) => KeptInTraining;

/** E (numLatents, dIn), and D by latent, (numLatents, dOut): both are then read and written by row. */
type StanParameters = { readonly E: Parameter; readonly D: Parameter };

/**
 * The update of one projection with its gradients: through the kept entries alone, by products of compressed sparse rows,
 * so that a step costs one dense product.
 */
export function stanHook(module: StanModule, { E, D }: StanParameters, keep: KeepInTraining, onKept?: KeptObserver): ProjectionHook {
  function forward(x: Tensor, base: Tensor, pass: HookPass): Adaptation {
    const { output, saved, observed } = tidy(() => {
      const { indices, values, mask, observed } = keepLatents(E.read(), x, pass);
      const rows = encodeRows(indices, scale(values, module.scaling), module.numLatents);
      return { output: add(base, sparseTimes(rows, D.read())), saved: { indices, rows, mask }, observed };
    });
    if (pass.isRepeated !== true) onKept?.(module, observed ?? readInts(saved.indices), pass);
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
  /** Of E x, x (tokens, dIn): one dense product and a selection. */
  function keepLatents(E: Tensor, x: Tensor, pass: HookPass): KeptInTraining {
    return tidy(() => {
      const preActivations = wholeRows(pass).wideLinear(x, E);
      const kept = keep(preActivations, pass);
      free(preActivations);
      return kept;
    });
  }
  return { forward };
}

/** TopK_k of each token. */
export function keepEachToken(module: StanModule): KeepInTraining {
  return (preActivations) => {
    const kept = keepFrom(module, preActivations);
    return { ...kept, mask: passing(module, kept.values) };
  };
}
