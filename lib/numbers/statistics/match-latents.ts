import { assign } from "./assign";

/** D of a module: (dOut, numLatents), row by row; a latent is a column. */
export type Decoder = { readonly values: Float32Array; readonly dOut: number; readonly numLatents: number };

/** `signed`: cosine; `absolute`: |cosine|, for where the sign of a latent means nothing, as of rank components. */
export type CosineKind = "signed" | "absolute";

export type LatentPair = { readonly first: number; readonly second: number; readonly cosine: number };

export type LatentMatch = {
  /** By descending similarity; as many as the smaller side has latents whose column is not zero. */
  readonly pairs: readonly LatentPair[];
  /** Share of the smaller side's latents whose pair is more similar than the threshold; a zero column is not matched. NaN for none. */
  readonly shareMatched: number;
  readonly threshold: number;
};

/**
 * How stable latents are from one seed to another: pairs latents of two decoders one to one, so that the sum of their cosines is largest,
 * and counts the pairs above a threshold. O(numLatents² · dOut) for cosines and O(numLatents³) for the assignment.
 *
 * @throws RangeError when the decoders write to spaces of unequal size, or values are not (dOut, numLatents) finite numbers
 */
export function matchLatents(first: Decoder, second: Decoder, kind: CosineKind = "signed", threshold = 0.7): LatentMatch {
  if (first.dOut !== second.dOut)
    throw new RangeError(`decoders of dOut ${first.dOut} and ${second.dOut} cannot be matched: take the same module of both`);
  return matchByCosines(
    cosinesOf(unitColumns(first), unitColumns(second), first.dOut),
    first.numLatents,
    second.numLatents,
    kind,
    threshold,
  );
}

/**
 * `matchLatents` where the cosines are known already; a cosine of 0 counts as no similarity and never as a pair.
 *
 * @param cosines (numFirst, numSecond), row by row
 * @throws RangeError unless cosines has numFirst · numSecond finite numbers
 */
export function matchByCosines(
  cosines: Float32Array,
  numFirst: number,
  numSecond: number,
  kind: CosineKind = "signed",
  threshold = 0.7,
): LatentMatch {
  const similarityOf = (cosine: number) => (kind === "absolute" ? Math.abs(cosine) : cosine);
  const columnOfRow = assign(kind === "absolute" ? cosines.map(Math.abs) : cosines, numFirst, numSecond);
  const pairs: LatentPair[] = [];
  columnOfRow.forEach((second, first) => {
    const cosine = second < 0 ? 0 : (cosines[first * numSecond + second] as number);
    if (cosine !== 0) pairs.push({ first, second, cosine });
  });
  pairs.sort((a, b) => similarityOf(b.cosine) - similarityOf(a.cosine) || a.first - b.first);
  const matched = pairs.filter(({ cosine }) => similarityOf(cosine) > threshold).length;
  return { pairs, shareMatched: matched / Math.min(numFirst, numSecond), threshold };
}

/** (numLatents, dOut): each column made a row of length 1; of zeros where it is zero. */
function unitColumns({ values, dOut, numLatents }: Decoder): Float32Array {
  if (values.length !== dOut * numLatents) throw new RangeError(`${values.length} values are not (${dOut}, ${numLatents})`);
  const squares = new Float64Array(numLatents);
  for (let i = 0; i < values.length; i++) squares[i % numLatents] = (squares[i % numLatents] as number) + (values[i] as number) ** 2;
  const units = new Float32Array(values.length);
  for (let latent = 0; latent < numLatents; latent++) {
    const length = Math.sqrt(squares[latent] as number);
    if (!Number.isFinite(length)) throw new RangeError(`the decoder column of latent ${latent} is not finite`);
    if (length === 0) continue;
    for (let out = 0; out < dOut; out++) units[latent * dOut + out] = (values[out * numLatents + latent] as number) / length;
  }
  return units;
}

/** (rows of first, rows of second) products of rows; four rows of each at a time, whose sums stay in registers. */
function cosinesOf(first: Float32Array, second: Float32Array, width: number): Float32Array {
  const [rows, columns] = [first.length / width, second.length / width];
  const cosines = new Float32Array(rows * columns);
  for (let row = 0; row < rows; row++) {
    const own = first.subarray(row * width, (row + 1) * width);
    let column = 0;
    for (; column + 4 <= columns; column += 4) {
      const at = column * width;
      let [a, b, c, d] = [0, 0, 0, 0];
      for (let i = 0; i < width; i++) {
        const value = own[i] as number;
        a += value * (second[at + i] as number);
        b += value * (second[at + width + i] as number);
        c += value * (second[at + 2 * width + i] as number);
        d += value * (second[at + 3 * width + i] as number);
      }
      cosines.set([a, b, c, d], row * columns + column);
    }
    for (; column < columns; column++) {
      let sum = 0;
      for (let i = 0; i < width; i++) sum += (own[i] as number) * (second[column * width + i] as number);
      cosines[row * columns + column] = sum;
    }
  }
  return cosines;
}
