import { activationOf, type HostActivations, type TokenActivations, tokenOf } from "@/server/engine/methods/activations";
import type { Ruling } from "@/server/engine/methods/attached-module";
import { fromValues, readFloats, readInts } from "@/server/engine/tensor/create";
import { gatherRows, reshape } from "@/server/engine/tensor/layout";
import type { Tensor } from "@/server/engine/tensor/tensor";
import { firstInRank } from "./keep-latents";
import { candidateWidth, changesSelection, selectToken } from "./select-token";
import type { StanModule } from "./stan-module";

/**
 * What TopK keeps of the tokens at which rulings change it; nothing of the others.
 *
 * @param preActivations (tokens, numLatents)
 * @param before what is kept without edits
 * @param rulings by token
 */
export function reselect(
  module: StanModule,
  preActivations: Tensor,
  before: HostActivations,
  rulings: ReadonlyMap<number, Ruling>,
): ReadonlyMap<number, TokenActivations> {
  const selected = new Map<number, TokenActivations>();
  const ruled = Array.from(rulings, ([token, ruling]) => ({ token, ...ruling })).filter(({ token, ...ruling }) =>
    changesSelection(ruling, tokenOf(before, token).indices),
  );
  if (ruled.length === 0) return selected;
  const most = ruled.reduce((most, { masked }) => Math.max(most, masked.size), 0);
  const rows = rowsAt(
    preActivations,
    ruled.map(({ token }) => token),
  );
  const best = firstInRank(module, rows, candidateWidth(module, most));
  const width = best.values.shape[1] ?? 0;
  const candidates = { tokens: ruled.length, width, indices: readInts(best.indices), values: readFloats(best.values) };
  const forced = readAt(
    rows,
    ruled.map((ruling) => ruling.forced),
  );
  ruled.forEach((ruling, i) => {
    const own = forced[i] ?? { indices: new Int32Array(0), values: new Float32Array(0) };
    selected.set(ruling.token, selectToken(module, tokenOf(candidates, i), ruling, own));
  });
  return selected;
}

/**
 * As `reselect` of BatchTopK, where latents do not compete for slots: one that is masked leaves, one that is forced in enters with its own
 * pre-activation, and the others stay.
 */
export function reselectAbove(
  { selection }: StanModule,
  preActivations: Tensor,
  before: HostActivations,
  rulings: ReadonlyMap<number, Ruling>,
): ReadonlyMap<number, TokenActivations> {
  const ruled = Array.from(rulings, ([token, ruling]) => {
    const own = tokenOf(before, token);
    // Entries of activation 0 only fill a row up.
    const kept = own.indices.filter((_, slot) => own.values[slot] !== 0);
    return { token, ruling, own, kept };
  }).filter(({ ruling, kept }) => changesSelection(ruling, kept));
  if (ruled.length === 0) return new Map();
  const rows = rowsAt(
    preActivations,
    ruled.map(({ token }) => token),
  );
  const entering = readAt(
    rows,
    ruled.map(({ ruling, kept }) => ruling.forced.filter((index) => !kept.includes(index))),
  );
  return new Map(
    ruled.map(({ token, ruling: { masked }, own, kept }, i): [number, TokenActivations] => {
      const forced = entering[i] ?? { indices: new Int32Array(0), values: new Float32Array(0) };
      const indices = Int32Array.from([...kept.filter((index) => !masked.has(index)), ...forced.indices]).sort();
      const activation = (index: number) => {
        if (!forced.indices.includes(index)) return activationOf(own, index);
        const value = activationOf(forced, index);
        return selection === "relu" ? Math.max(value, 0) : value;
      };
      return [token, { indices, values: Float32Array.from(indices, activation) }];
    }),
  );
}

function rowsAt(matrix: Tensor, rows: readonly number[]): Tensor {
  return matrix.shape[0] === rows.length ? matrix : gatherRows(matrix, fromValues(Int32Array.from(rows), [rows.length]));
}

/** Single entries of a matrix (n, columns), some columns of each row. */
function readAt(matrix: Tensor, columns: readonly (readonly number[])[]): TokenActivations[] {
  const [rows = 0, width = 0] = matrix.shape;
  const places = columns.flatMap((own, row) => own.map((column) => row * width + column));
  const flat =
    places.length === 0
      ? new Float32Array(0)
      : readFloats(gatherRows(reshape(matrix, [rows * width, 1]), fromValues(Int32Array.from(places), [places.length])));
  let from = 0;
  return columns.map((own) => {
    from += own.length;
    return { indices: Int32Array.from(own), values: flat.slice(from - own.length, from) };
  });
}
