import type { Adapter } from "@/server/engine/adapters/adapter";
import { type Activations, onHost } from "@/server/engine/methods/activations";
import type { AdapterModule } from "@/server/engine/methods/adapter-module";
import type { AttachedModule } from "@/server/engine/methods/attached-module";
import { wholeRows } from "@/server/engine/methods/products";
import { addUpdate, slopesOf, updateOf } from "@/server/engine/methods/update";
import type { Adaptation, HookPass, ProjectionHook, ProjectionHooks } from "@/server/engine/models/projection-hook";
import { add, multiply, scale, square, sumLast } from "@/server/engine/tensor/arithmetic";
import { readFloats } from "@/server/engine/tensor/create";
import { tidy } from "@/server/engine/tensor/scope";
import type { Tensor } from "@/server/engine/tensor/tensor";

/** A module's latents in one pass, `width` a token: the k that STAN keeps by ascending index, or all components of LoRA. */
export type ObservedLatents = {
  readonly width: number;
  /** (tokens · width) */
  readonly indices: Int32Array;
  readonly activations: Float32Array;
};

/** How a module's latents make up its update Δ. */
export type ObservedWrites = {
  /** ⟨c, Δ⟩ of each entry's contribution c, (tokens · width). */
  readonly along: Float32Array;
  /** ‖Δ‖², (tokens). */
  readonly squares: Float32Array;
};

export type LatentObserver = {
  /** @param readWrites reads what the entries write, at a price */
  readonly onForward?: ((module: AdapterModule, latents: ObservedLatents, readWrites: () => ObservedWrites) => void) | undefined;
  /** @param slopes ∂L/∂a of each entry, (tokens · width) */
  readonly onBackward?: ((module: AdapterModule, latents: ObservedLatents, slopes: Float32Array) => void) | undefined;
};

/**
 * Hooks that run an adapter as trained and tell what its latents do at tokens, forward and backward; of an encoder's relative positions and
 * first tokens nothing is told. The gradients of the adapter's matrices are not formed.
 *
 * @param strength what every module's update is multiplied by; slopes are told as if it were 1, that is of what is multiplied
 */
export function observingHooks(adapter: Adapter, observer: LatentObserver, strength = 1): ProjectionHooks {
  return adapter.hooksOf((attached) => observingHook(attached, observer, strength));
}

function observingHook(attached: AttachedModule, { onForward, onBackward }: LatentObserver, strength: number): ProjectionHook {
  const { module, rescaling } = attached;
  const times = (tensor: Tensor) => (strength === 1 ? tensor : scale(tensor, strength));
  function forward(x: Tensor, base: Tensor, pass: HookPass): Adaptation {
    const isOfTokens = (pass.reads ?? "tokens") === "tokens";
    const products = wholeRows(pass);
    const { output, saved } = tidy(() => {
      const activations = attached.read(x, products);
      const update = updateOf(attached, activations, products);
      if (isOfTokens) onForward?.(module, observed(activations), () => readWrites(attached, activations, update));
      return { output: addUpdate(attached, base, times(update)), saved: activations };
    });
    return {
      output,
      saved,
      backward: (dOutput, needsInput) =>
        tidy(() => {
          const slopes = slopesOf(attached, saved, dOutput);
          if (isOfTokens) onBackward?.(module, observed(saved), readFloats(slopes));
          if (!needsInput) return undefined;
          const throughLatents = attached.throughLatents(saved, times(slopes));
          return rescaling === undefined ? throughLatents : add(throughLatents, rescaling.inputGradient(dOutput));
        }),
    };
  }
  return { forward };
}

function readWrites(attached: AttachedModule, activations: Activations, update: Tensor): ObservedWrites {
  return tidy(() => ({
    along: readFloats(multiply(activations.values, slopesOf(attached, activations, update))),
    squares: readFloats(sumLast(square(update))),
  }));
}

/** ⟨c, Δ⟩ / ‖Δ‖² of each entry, (tokens · width), 0 where the update Δ is 0. */
export function sharesOf({ along, squares }: ObservedWrites): Float32Array {
  const width = along.length / squares.length;
  return along.map((value, at) => {
    const whole = squares[Math.floor(at / width)] as number;
    return whole > 0 ? value / whole : 0;
  });
}

function observed(activations: Activations): ObservedLatents {
  const { width, indices, values } = onHost(activations);
  return { width, indices, activations: values };
}
