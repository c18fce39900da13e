import type { Adapter } from "@/server/engine/adapters/adapter";
import type { CausalModel, LabelledBatch } from "@/server/engine/models/causal-model";
import { free } from "@/server/engine/tensor/scope";
import { observingHooks } from "./observing-hooks";

/** Output share by module and latent, Σ⟨c, Δ⟩ / Σ‖Δ‖² over all positions but padding; 0 throughout a module whose update is 0. */
export type OutputShares = ReadonlyMap<string, Float64Array>;

type Sums = { readonly along: Float64Array; squares: number };

/** Reads output shares from one forward pass over rows, up to the highest adapted block. Yields the rows that are through. */
export function* outputShares(
  model: CausalModel,
  adapter: Adapter,
  batches: Iterable<LabelledBatch>,
): Generator<number | undefined, OutputShares, void> {
  const lastLayer = Math.max(...adapter.modules.map(({ layer }) => layer));
  const sums = new Map<string, Sums>(
    adapter.modules.map(({ module, numLatents }) => [module, { along: new Float64Array(numLatents), squares: 0 }]),
  );
  let rows = 0;
  for (const batch of batches) {
    const hooks = observingHooks(adapter, {
      onForward: ({ module }, { width, indices }, readWrites) => {
        const own = sums.get(module);
        if (own === undefined) throw new Error(`${module} is not a module of the adapter`);
        const { along, squares } = readWrites();
        for (let position = 0; position < squares.length; position++) {
          if (batch.attentionMask?.[position] === 0) continue;
          own.squares += squares[position] as number;
          for (let at = position * width; at < (position + 1) * width; at++) {
            const latent = indices[at] as number;
            own.along[latent] = (own.along[latent] as number) + (along[at] as number);
          }
        }
      },
    });
    const { final } = yield* model.inParts.forward(batch, { hooks, lastLayer, padding: "unread" });
    free(final);
    rows += batch.rows;
    yield rows;
  }
  return new Map([...sums].map(([module, { along, squares }]) => [module, along.map((sum) => (squares === 0 ? 0 : sum / squares))]));
}
