import type { Matrix } from "@/lib/contract/methods/tensors";
import type { Selection } from "@/server/engine/methods/stan/stan-module";

export type DenseStan = {
  readonly E: Matrix;
  readonly D: Matrix;
  readonly k: number;
  readonly alpha: number;
  readonly selection: Selection;
};

/** What a STAN module adds to its projection's output and what goes back, by the formulas of the method and nothing else, in float64. */
export type DenseResult = {
  readonly kept: number[][];
  readonly update: Float64Array;
  readonly dE: Float64Array;
  readonly dD: Float64Array;
  readonly dX: Float64Array;
};

/** x (tokens, dIn), g = ∂L/∂h (tokens, dOut); D and dD are (dOut, numLatents). */
export function denseStan({ E, D, k, alpha, selection }: DenseStan, x: Float32Array, g: Float32Array): DenseResult {
  const [numLatents, dIn] = E.shape;
  const [dOut] = D.shape;
  const tokens = x.length / dIn;
  const s = alpha / k;
  const at = (values: ArrayLike<number>, i: number) => values[i] as number;
  const result = {
    kept: [] as number[][],
    update: new Float64Array(tokens * dOut),
    dE: new Float64Array(numLatents * dIn),
    dD: new Float64Array(dOut * numLatents),
    dX: new Float64Array(tokens * dIn),
  };
  const plus = (values: Float64Array, i: number, more: number) => {
    values[i] = at(values, i) + more;
  };
  for (let token = 0; token < tokens; token++) {
    const z = Array.from({ length: numLatents }, (_, j) => {
      let sum = 0;
      for (let c = 0; c < dIn; c++) sum += at(E.data, j * dIn + c) * at(x, token * dIn + c);
      return sum;
    });
    const rank = (j: number) => (selection === "abs" ? Math.abs(at(z, j)) : at(z, j));
    const chosen = z
      .map((_, j) => j)
      .sort((a, b) => rank(b) - rank(a) || a - b)
      .slice(0, k);
    result.kept.push(chosen.sort((a, b) => a - b));
    for (const j of chosen) {
      if (selection === "relu" && at(z, j) <= 0) continue;
      let dz = 0;
      for (let o = 0; o < dOut; o++) {
        plus(result.update, token * dOut + o, s * at(z, j) * at(D.data, o * numLatents + j));
        plus(result.dD, o * numLatents + j, s * at(z, j) * at(g, token * dOut + o));
        dz += s * at(g, token * dOut + o) * at(D.data, o * numLatents + j);
      }
      for (let c = 0; c < dIn; c++) {
        plus(result.dE, j * dIn + c, dz * at(x, token * dIn + c));
        plus(result.dX, token * dIn + c, dz * at(E.data, j * dIn + c));
      }
    }
  }
  return result;
}
