import type { Adapter, AttachedModule } from "@/server/engine/adapters/adapter";
import { loraDecoder } from "@/server/engine/adapters/attached-lora";
import { readComponents, writeComponents } from "@/server/engine/adapters/lora";
import { addUpdate } from "@/server/engine/adapters/module-products";
import type { AdapterModule } from "@/server/engine/adapters/settings";
import { keepLatents } from "@/server/engine/adapters/stan";
import type { Adaptation, HookPass, ProjectionHook, ProjectionHooks } from "@/server/engine/models/projection-hook";
import { add, multiply, scale, square, sumLast } from "@/server/engine/tensor/arithmetic";
import { fromValues, readFloats, readInts } from "@/server/engine/tensor/create";
import { linearInputGrad } from "@/server/engine/tensor/products";
import { tidy } from "@/server/engine/tensor/scope";
import { encodeRows, rowDots, sparseTimes } from "@/server/engine/tensor/sparse";
import type { Tensor } from "@/server/engine/tensor/tensor";

/** A module's latents in one pass, `width` a token: the k that STAN keeps by ascending index, or all components of LoRA. */
export type ObservedLatents = {
  readonly width: number;
  /** (tokens · width) */
  readonly indices: Int32Array;
  readonly activations: Float32Array;
};

export type LatentObserver = {
  /** @param readShares reads ⟨c, Δ⟩ / ‖Δ‖² of each entry, (tokens · width), 0 where the update Δ is 0 */
  readonly onForward?: ((module: AdapterModule, latents: ObservedLatents, readShares: () => Float32Array) => void) | undefined;
  /** @param slopes ∂L/∂a of each entry, (tokens · width) */
  readonly onBackward?: ((module: AdapterModule, latents: ObservedLatents, slopes: Float32Array) => void) | undefined;
};

/** What a module computed: `indices` (tokens, width) of STAN, undefined of LoRA. */
type Pass = { readonly indices: Tensor | undefined; readonly activations: Tensor; readonly update: Tensor };

/**
 * Hooks that run an adapter as trained and tell what its latents do at tokens, forward and backward; of an encoder's relative positions and
 * first tokens nothing is told. The gradients of the adapter's matrices are not formed.
 */
export function observingHooks(adapter: Adapter, observer: LatentObserver): ProjectionHooks {
  const hooks = new Map<string, ProjectionHook>();
  for (const { module } of adapter.modules) {
    const attached = adapter.at(module);
    if (attached !== undefined) hooks.set(module, observingHook(attached, observer));
  }
  return { at: (module) => hooks.get(module) };
}

function observingHook(attached: AttachedModule, { onForward, onBackward }: LatentObserver): ProjectionHook {
  const { module } = attached;
  function forward(x: Tensor, base: Tensor, { reads = "tokens" }: HookPass): Adaptation {
    const isOfTokens = reads === "tokens";
    const { output, saved } = tidy(() => {
      const pass = run(attached, x);
      if (isOfTokens) onForward?.(module, onHost(attached, pass), () => readShares(attached, pass));
      return { output: addUpdate(attached, base, pass.update), saved: { indices: pass.indices, activations: pass.activations } };
    });
    return {
      output,
      saved,
      backward: (dOutput, needsInput) =>
        tidy(() => {
          const slopes = slopesOf(attached, saved.indices, dOutput);
          if (isOfTokens) onBackward?.(module, onHost(attached, saved), readFloats(slopes));
          return needsInput ? inputGradient(attached, saved, slopes, dOutput) : undefined;
        }),
    };
  }
  return { forward };
}

function run(attached: AttachedModule, x: Tensor): Pass {
  if (attached.method === "lora") {
    const activations = readComponents(attached.parameters.A.read(), x);
    return { indices: undefined, activations, update: writeComponents(attached.module, loraDecoder(attached), activations) };
  }
  const { module, parameters } = attached;
  const { indices, values } = keepLatents(module, parameters.E.read(), x);
  const rows = encodeRows(indices, scale(values, module.scaling), module.numLatents);
  return { indices, activations: values, update: sparseTimes(rows, parameters.D.read()) };
}

/** scaling · D[:, j] · g of each kept entry, (tokens, width): with g = ∂L/∂h it is ∂L/∂a. */
function slopesOf(attached: AttachedModule, indices: Tensor | undefined, g: Tensor): Tensor {
  const { scaling } = attached.module;
  if (attached.method === "lora") return scale(linearInputGrad(g, loraDecoder(attached)), scaling);
  return scale(rowDots(attached.parameters.D.read(), demand(indices), g), scaling);
}

function inputGradient(attached: AttachedModule, saved: Omit<Pass, "update">, slopes: Tensor, g: Tensor): Tensor {
  if (attached.method === "lora") {
    const throughComponents = linearInputGrad(slopes, attached.parameters.A.read());
    return attached.dora === undefined ? throughComponents : add(throughComponents, attached.dora.rescalingInputGrad(g));
  }
  const { module, parameters } = attached;
  const passing = module.selection === "relu" ? multiply(slopes, positive(saved.activations)) : slopes;
  return sparseTimes(encodeRows(demand(saved.indices), passing, module.numLatents), parameters.E.read());
}

function readShares(attached: AttachedModule, { indices, activations, update }: Pass): Float32Array {
  const width = activations.shape[1] ?? 1;
  const { along, squares } = tidy(() => ({
    along: readFloats(multiply(activations, slopesOf(attached, indices, update))),
    squares: readFloats(sumLast(square(update))),
  }));
  return along.map((value, at) => {
    const whole = squares[Math.floor(at / width)] as number;
    return whole > 0 ? value / whole : 0;
  });
}

function onHost({ module }: AttachedModule, { indices, activations }: Omit<Pass, "update">): ObservedLatents {
  const [tokens = 0, width = 0] = activations.shape;
  const held = indices === undefined ? Int32Array.from({ length: tokens * width }, (_, i) => i % module.numLatents) : readInts(indices);
  return { width, indices: held, activations: readFloats(activations) };
}

function positive(values: Tensor): Tensor {
  return fromValues(
    readFloats(values).map((value) => (value > 0 ? 1 : 0)),
    values.shape,
  );
}

function demand(indices: Tensor | undefined): Tensor {
  if (indices === undefined) throw new Error("kept latents without indices");
  return indices;
}
