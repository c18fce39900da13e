import type { Adapter, AttachedModule } from "@/server/engine/adapters/adapter";
import { loraDecoder } from "@/server/engine/adapters/attached-lora";
import { readComponents, writeComponents } from "@/server/engine/adapters/lora";
import { addUpdate } from "@/server/engine/adapters/module-products";
import { keepLatents } from "@/server/engine/adapters/stan";
import type { Batch } from "@/server/engine/models/batch";
import type { ProjectionHook, ProjectionHooks } from "@/server/engine/models/projection-hook";
import { multiply, scale, square, sumLast } from "@/server/engine/tensor/arithmetic";
import { readFloats, readInts } from "@/server/engine/tensor/create";
import type { InParts } from "@/server/engine/tensor/in-parts";
import { linearInputGrad } from "@/server/engine/tensor/products";
import { free, tidy } from "@/server/engine/tensor/scope";
import { encodeRows, rowDots, sparseTimes } from "@/server/engine/tensor/sparse";
import type { Tensor } from "@/server/engine/tensor/tensor";
import type { CollectionInput } from "./collect";
import type { KeptLatents } from "./kept-latents";

/** Rows as `layTokenBatch` lays them. */
export type ForwardInput = CollectionInput & {
  /** (rows · width) */
  attentionMask: Int32Array;
  /** (rows · width) segments, for models that tell them apart */
  tokenTypeIds?: Int32Array;
  width: number;
};

/** A model that continues text or one that reads it whole: what a collection asks of either. */
export type ReadingModel = {
  readonly inParts: {
    forward(
      batch: Batch & { readonly tokenTypeIds?: Int32Array | undefined },
      options: { hooks: ProjectionHooks; lastLayer: number; padding: "unread" },
    ): InParts<{ readonly final: Tensor }>;
  };
};

/**
 * The forward of a collection: one pass through the model up to the highest adapted block, giving what every adapted module does at every
 * position.
 */
export function adapterForward(model: ReadingModel, adapter: Adapter): (input: ForwardInput) => InParts<Map<string, KeptLatents>> {
  const lastLayer = Math.max(...adapter.modules.map(({ layer }) => layer));
  let kept = new Map<string, KeptLatents>();
  const hooks = watchingHooks(adapter, (module, latents) => kept.set(module, latents));
  return function* ({ batch, attentionMask, tokenTypeIds, width }) {
    kept = new Map();
    const { final } = yield* model.inParts.forward(
      { ids: batch.ids, rows: batch.ids.length / width, tokens: width, attentionMask, tokenTypeIds },
      { hooks, lastLayer, padding: "unread" },
    );
    free(final);
    return kept;
  };
}

/** Hooks that run the adapter as it is and tell what each module does. */
function watchingHooks(adapter: Adapter, onKept: (module: string, kept: KeptLatents) => void): ProjectionHooks {
  const hooks = new Map<string, ProjectionHook>();
  for (const { module } of adapter.modules) {
    const attached = adapter.at(module);
    if (attached === undefined) continue;
    const work = (x: Tensor, base: Tensor, isOfTokens: boolean) =>
      tidy(() => {
        const { update, scaled, dots, ...latents } = attached.method === "stan" ? runStan(attached, x) : runLora(attached, x);
        if (isOfTokens)
          onKept(module, {
            ...latents,
            contributions: readFloats(multiply(scaled, dots)),
            updateSquares: readFloats(sumLast(square(update))),
            baseSquares: readFloats(sumLast(square(base))),
          });
        return addUpdate(attached, base, update);
      });
    hooks.set(module, {
      // Relative positions and a pooler's first tokens are no places of a text.
      forward: (x, base, { reads = "tokens" }) => ({ output: work(x, base, reads === "tokens"), saved: undefined, backward: refuse }),
    });
  }
  return { at: (module) => hooks.get(module) };
}

/** `scaled` (tokens, k) is scaling · activations, `dots` (tokens, k) what each column of the decoder has in common with `update` (tokens, dOut). */
type ModuleRun = { indices: Int32Array; values: Float32Array; update: Tensor; scaled: Tensor; dots: Tensor };

function runStan({ module, parameters }: Extract<AttachedModule, { method: "stan" }>, x: Tensor): ModuleRun {
  const { indices, values } = keepLatents(module, parameters.E.read(), x);
  const D = parameters.D.read();
  const scaled = scale(values, module.scaling);
  const update = sparseTimes(encodeRows(indices, scaled, module.numLatents), D);
  return { indices: readInts(indices), values: readFloats(values), update, scaled, dots: rowDots(D, indices, update) };
}

/** Of DoRA the update is what its components write: the rescaling of W0 x is no component's. */
function runLora(attached: Extract<AttachedModule, { method: "lora" }>, x: Tensor): ModuleRun {
  const { module, parameters } = attached;
  const components = readComponents(parameters.A.read(), x);
  const decoder = loraDecoder(attached);
  const update = writeComponents(module, decoder, components);
  const values = readFloats(components);
  const indices = new Int32Array(values.length);
  for (let at = 0; at < indices.length; at++) indices[at] = at % module.numLatents;
  return { indices, values, update, scaled: scale(components, module.scaling), dots: linearInputGrad(update, decoder) };
}

function refuse(): never {
  throw new Error("hooks for collecting statistics cannot go backward");
}
