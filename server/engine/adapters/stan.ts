import type { Adaptation, HookPass, ProjectionHook } from "@/server/engine/models/projection-hook";
import { add, multiply, scale } from "@/server/engine/tensor/arithmetic";
import { fromValues, readFloats, readInts } from "@/server/engine/tensor/create";
import { gatherRows, reshape } from "@/server/engine/tensor/layout";
import { linear } from "@/server/engine/tensor/products";
import { free, tidy } from "@/server/engine/tensor/scope";
import { encodeRows, rowDots, sparseTimes, sparseTransposeTimes, topK } from "@/server/engine/tensor/sparse";
import type { Tensor } from "@/server/engine/tensor/tensor";
import type { Parameter } from "./parameter";
import { activationWidth, type StanModule } from "./settings";

/** E (numLatents, dIn), and D by latent, (numLatents, dOut): both are then read and written by row. */
export type StanParameters = { readonly E: Parameter; readonly D: Parameter };

/** The kept latents of each token, both (tokens, k), by ascending index. */
export type Kept = { readonly indices: Tensor; readonly values: Tensor };

/**
 * TopK_k(E x) of each token: one dense product and a selection.
 *
 * @param x (tokens, dIn)
 */
export function keepLatents(module: StanModule, E: Tensor, x: Tensor): Kept {
  return tidy(() => {
    const preActivations = linear(x, E);
    const kept = keepFrom(module, preActivations);
    free(preActivations);
    return kept;
  });
}

/** TopK_k of pre-activations (tokens, numLatents), which stay the caller's. */
export function keepFrom(module: StanModule, preActivations: Tensor): Kept {
  return tidy(() => {
    const kept = firstInRank(module, preActivations, activationWidth(module));
    return module.selection === "relu" ? { ...kept, values: rectified(kept.values) } : kept;
  });
}

/**
 * The `width` entries of each token that would be kept first, both (tokens, width) by ascending index, with their raw pre-activations: what is kept
 * once some latents are masked is among them.
 */
export function firstInRank(module: StanModule, preActivations: Tensor, width: number): Kept {
  return tidy(() => (module.selection === "abs" ? keepByMagnitude(preActivations, width) : topK(preActivations, width)));
}

/** (alpha / k) · D · activations → (tokens, dOut) */
export function writeLatents(module: StanModule, D: Tensor, { indices, values }: Kept): Tensor {
  return tidy(() => sparseTimes(encodeRows(indices, scale(values, module.scaling), module.numLatents), D));
}

/** Called with the kept latents of a pass, (tokens, k), when a module has run. */
export type KeptObserver = (module: StanModule, indices: Int32Array, pass: HookPass) => void;

/**
 * The update of one projection with its gradients: through the kept entries alone, by products of compressed sparse rows,
 * so that a step costs one dense product.
 */
export function stanHook(module: StanModule, { E, D }: StanParameters, onKept?: KeptObserver): ProjectionHook {
  function forward(x: Tensor, base: Tensor, pass: HookPass): Adaptation {
    const { output, saved } = tidy(() => {
      const { indices, values } = keepLatents(module, E.read(), x);
      const rows = encodeRows(indices, scale(values, module.scaling), module.numLatents);
      const mask = module.selection === "relu" ? positive(values) : undefined;
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

function rectified(values: Tensor): Tensor {
  return onHost(values, (value) => Math.max(value, 0));
}

function positive(values: Tensor): Tensor {
  return onHost(values, (value) => (value > 0 ? 1 : 0));
}

function onHost(values: Tensor, map: (value: number) => number): Tensor {
  return fromValues(readFloats(values).map(map), values.shape);
}

/** The k entries largest in magnitude, with their own signs. */
function keepByMagnitude(preActivations: Tensor, k: number): Kept {
  const [tokens = 0, numLatents = 0] = preActivations.shape;
  const { indices } = topK(onHost(preActivations, Math.abs), k);
  const flat = readInts(indices).map((latent, i) => Math.floor(i / k) * numLatents + latent);
  const values = gatherRows(reshape(preActivations, [tokens * numLatents, 1]), fromValues(flat, [tokens * k]));
  return { indices, values: reshape(values, [tokens, k]) };
}
