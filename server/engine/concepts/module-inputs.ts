import type { ForwardInput, ReadingModel } from "@/server/engine/features/adapter-forward";
import type { PositionBatch } from "@/server/engine/features/position-batch";
import type { ProjectionHooks } from "@/server/engine/models/projection-hook";
import { fromOwnValues, readFloats } from "@/server/engine/tensor/create";
import type { InParts } from "@/server/engine/tensor/in-parts";
import { matmul } from "@/server/engine/tensor/products";
import { free, tidy } from "@/server/engine/tensor/scope";
import type { Tensor } from "@/server/engine/tensor/tensor";
import { lengthsOf } from "./row-activations";

/** What a module read in each row, its mean over the row's counted positions. */
export type InputMeans = {
  /** Numbers of the rows. */
  readonly rows: readonly number[];
  /** (rows, dIn) */
  readonly means: Float32Array;
};

/** The base model's forward up to the highest of some modules, without an adapter, telling what each of them read. */
export function inputMeansForward<Input>(
  model: ReadingModel<Input>,
  modules: readonly { readonly module: string; readonly layer: number }[],
): (given: ForwardInput<Input>) => InParts<ReadonlyMap<string, InputMeans>> {
  const lastLayer = Math.max(...modules.map(({ layer }) => layer));
  const names = new Set(modules.map(({ module }) => module));
  return function* ({ batch, input }) {
    const found = new Map<string, InputMeans>();
    const { rows, shares } = rowShares(batch);
    const meansOf = (x: Tensor) => tidy(() => readFloats(matmul(fromOwnValues(shares, [rows.length, batch.counted.length]), x)));
    const hooks: ProjectionHooks = {
      at(module) {
        if (!names.has(module)) return undefined;
        return {
          // Relative positions and a pooler's first tokens are no places of a text.
          forward(x, base, { reads = "tokens" }) {
            if (reads === "tokens") found.set(module, { rows, means: meansOf(x) });
            return { output: base, saved: undefined, backward: refuse };
          },
        };
      },
    };
    free((yield* model.inParts.forward(input, { hooks, lastLayer, padding: "unread" })).final);
    return found;
  };
}

/** (rows, positions): 1 / length at each counted position of a row. */
function rowShares(batch: PositionBatch): { readonly rows: readonly number[]; readonly shares: Float32Array } {
  const lengths = lengthsOf(batch);
  const rows = [...lengths.keys()];
  const at = new Map(rows.map((row, place) => [row, place]));
  const size = batch.counted.length;
  const shares = new Float32Array(rows.length * size);
  for (let position = 0; position < size; position++) {
    if (batch.counted[position] === 0) continue;
    const row = batch.rows[position] as number;
    shares[(at.get(row) as number) * size + position] = 1 / (lengths.get(row) as number);
  }
  return { rows, shares };
}

/** One forward pass's rows. */
export type InputsPass = { forward(): InParts<ReadonlyMap<string, InputMeans>> };

/** (rows of the pass, dIn) of each module: what it read of the base model's states. */
export type ModuleInputs = { readonly channels: number; readonly states: Float32Array };

/**
 * Reads every row once.
 *
 * @param placeOf a row's place by its number
 * @returns after each pass the rows that are through, and nothing between its parts
 */
export function* readModuleInputs(
  placeOf: ReadonlyMap<number, number>,
  passes: Iterable<InputsPass>,
): Generator<{ rows: number } | undefined, ReadonlyMap<string, ModuleInputs>> {
  const found = new Map<string, ModuleInputs>();
  let through = 0;
  for (const pass of passes) {
    let read = 0;
    for (const [module, { rows, means }] of yield* pass.forward()) {
      const channels = means.length / rows.length;
      const own = found.get(module) ?? { channels, states: new Float32Array(placeOf.size * channels) };
      found.set(module, own);
      rows.forEach((row, at) => {
        const place = placeOf.get(row);
        if (place === undefined) throw new RangeError(`row ${row} is not one of the rows to read`);
        own.states.set(means.subarray(at * channels, (at + 1) * channels), place * channels);
      });
      read = rows.length;
    }
    through += read;
    yield { rows: through };
  }
  return found;
}

function refuse(): never {
  throw new Error("hooks that read what modules read cannot go backward");
}
