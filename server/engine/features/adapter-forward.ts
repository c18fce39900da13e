import type { Adapter } from "@/server/engine/adapters/adapter";
import { onHost } from "@/server/engine/methods/activations";
import { type Products, wholeRows } from "@/server/engine/methods/products";
import { addUpdate } from "@/server/engine/methods/update";
import type { TextBatch } from "@/server/engine/models/encoders/encoder-batch";
import type { ProjectionHooks } from "@/server/engine/models/projection-hook";
import { multiply, scale, square, sumLast } from "@/server/engine/tensor/arithmetic";
import { readFloats } from "@/server/engine/tensor/create";
import type { InParts } from "@/server/engine/tensor/in-parts";
import { free, tidy } from "@/server/engine/tensor/scope";
import type { Tensor } from "@/server/engine/tensor/tensor";
import type { CollectionInput } from "./collect";
import type { KeptLatents } from "./kept-latents";

/** Positions with what the model reads of them: texts as `layTokenBatch` lays them, images as `layImageBatch` does. */
export type ForwardInput<Input = TextBatch> = CollectionInput & { readonly input: Input };

/** A model that continues text or one that reads its input whole: what a collection asks of either. */
export type ReadingModel<Input> = {
  readonly inParts: {
    forward(batch: Input, options: { hooks: ProjectionHooks; lastLayer: number; padding: "unread" }): InParts<{ readonly final: Tensor }>;
  };
};

/**
 * The forward of a collection: one pass through the model up to the highest adapted block, giving what every adapted module does at every
 * position.
 */
export function adapterForward<Input>(
  model: ReadingModel<Input>,
  adapter: Adapter,
): (given: ForwardInput<Input>) => InParts<Map<string, KeptLatents>> {
  const below = adapter.modules.find(({ layer }) => layer < 0);
  if (below !== undefined) {
    throw new RangeError(
      `statistics count positions of the prompt, and ${below.module} reads images below it: collect an adapter of the language model's modules alone`,
    );
  }
  const lastLayer = Math.max(...adapter.modules.map(({ layer }) => layer));
  let kept = new Map<string, KeptLatents>();
  const hooks = watchingHooks(adapter, (module, latents) => kept.set(module, latents));
  return function* ({ input }) {
    kept = new Map();
    const { final } = yield* model.inParts.forward(input, { hooks, lastLayer, padding: "unread" });
    free(final);
    return kept;
  };
}

/** Hooks that run the adapter as it is and tell what each module does. */
function watchingHooks(adapter: Adapter, onKept: (module: string, kept: KeptLatents) => void): ProjectionHooks {
  return adapter.hooksOf((attached) => {
    const { module } = attached.module;
    const work = (x: Tensor, base: Tensor, products: Products, isOfTokens: boolean) =>
      tidy(() => {
        const { indices, values } = attached.read(x, products);
        const scaled = scale(values, attached.module.scaling);
        // The rescaling of DoRA's base is no component's, and no part of the update here.
        const update = attached.write({ indices, values: scaled }, products);
        if (isOfTokens) {
          const kept = onHost({ indices, values });
          onKept(module, {
            indices: kept.indices,
            values: kept.values,
            contributions: readFloats(multiply(scaled, attached.along({ indices, values }, update))),
            updateSquares: readFloats(sumLast(square(update))),
            baseSquares: readFloats(sumLast(square(base))),
          });
        }
        return addUpdate(attached, base, update);
      });
    return {
      // Relative positions and a pooler's first tokens are no places of a text.
      forward(x, base, pass) {
        const isOfTokens = (pass.reads ?? "tokens") === "tokens";
        return { output: work(x, base, wholeRows(pass), isOfTokens), saved: undefined, backward: refuse };
      },
    };
  });
}

function refuse(): never {
  throw new Error("hooks for collecting statistics cannot go backward");
}
