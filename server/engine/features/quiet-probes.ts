import { type ExampleWindow, textWindow, windowAround } from "./examples/window-arena";
import type { PositionBatch } from "./position-batch";
import { rowHash } from "./samples/position-hash";

/** A window of a row: positions `from` inclusive, `to` exclusive. */
export type Probe = { readonly row: number; readonly from: number; readonly to: number };

/** A latent's probes are one bit each. */
export const mostProbes = 64;

/**
 * Windows drawn evenly from the corpus, as long as an example's: those of them in which a latent never fires show what it ignores. They are
 * of the rows with the smallest hashes, around a position chosen by another hash.
 */
export function chooseProbes(
  rows: Iterable<{ row: number; ids: { readonly length: number } }>,
  seed: number,
  window: ExampleWindow = textWindow,
): Probe[] {
  return [...rows]
    .filter(({ ids }) => ids.length > 0)
    .map(({ row, ids }) => ({ row, length: ids.length, hash: rowHash(seed, row) }))
    .sort((a, b) => a.hash - b.hash || a.row - b.row)
    .slice(0, mostProbes)
    .map(({ row, length }) => {
      const centre = rowHash(seed + 1, row) % length;
      return { row, ...windowAround(centre, length, window) };
    });
}

/** The probes of a collection, and which of them a pass has read. */
export class ProbeSet {
  readonly probes: readonly Probe[];
  /** Bits of probes that had a counted position. */
  readonly seen = new Uint32Array(2);
  readonly #byRow = new Map<number, number[]>();

  /** @throws RangeError for more than 64 probes */
  constructor(probes: readonly Probe[]) {
    if (probes.length > mostProbes) throw new RangeError(`${probes.length} probes are more than ${mostProbes}`);
    this.probes = probes;
    probes.forEach(({ row }, probe) => {
      this.#byRow.set(row, [...(this.#byRow.get(row) ?? []), probe]);
    });
  }

  /** Counted positions of a batch that lie in a probe: pairs of place and probe. They are marked as seen. */
  visit({ rows, positions, counted }: PositionBatch): ProbedPlaces {
    const [places, probes]: [number[], number[]] = [[], []];
    let row = -1;
    let ofRow: readonly number[] = [];
    rows.forEach((own, place) => {
      if (own !== row || place === 0) {
        row = own;
        ofRow = this.#byRow.get(row) ?? [];
      }
      if (ofRow.length === 0 || counted[place] === 0) return;
      const position = positions[place] as number;
      for (const probe of ofRow) {
        const { from, to } = this.probes[probe] as Probe;
        if (position < from || position >= to) continue;
        places.push(place);
        probes.push(probe);
        mark(this.seen, 0, probe);
      }
    });
    return { places, probes };
  }
}

export type ProbedPlaces = { readonly places: readonly number[]; readonly probes: readonly number[] };

/** `probeMasks` (numLatents, 2): bits of the probes in whose window the latent fires. */
type ProbedModule = { readonly probes: ProbeSet; readonly probeMasks: Uint32Array };

/** Sets the bit of each probe in whose window a latent fires. */
export function markProbes(
  masks: Uint32Array,
  { places, probes }: ProbedPlaces,
  indices: Int32Array,
  values: Float32Array,
  k: number,
): void {
  places.forEach((place, i) => {
    for (let at = place * k; at < (place + 1) * k; at++) if (values[at] !== 0) mark(masks, indices[at] as number, probes[i] as number);
  });
}

/**
 * Probes in which a latent never fires, the first of them.
 *
 * @returns places in the collection's probes, ascending; of probes that the pass has read
 */
export function quietProbes({ probes, probeMasks }: ProbedModule, latent: number, limit = 6): number[] {
  const quiet: number[] = [];
  for (let probe = 0; probe < probes.probes.length && quiet.length < limit; probe++) {
    if (isMarked(probes.seen, 0, probe) && !isMarked(probeMasks, latent, probe)) quiet.push(probe);
  }
  return quiet;
}

function mark(masks: Uint32Array, latent: number, probe: number): void {
  const at = 2 * latent + (probe >>> 5);
  masks[at] = (masks[at] as number) | (1 << (probe & 31));
}

function isMarked(masks: Uint32Array, latent: number, probe: number): boolean {
  return (((masks[2 * latent + (probe >>> 5)] ?? 0) >>> (probe & 31)) & 1) === 1;
}
